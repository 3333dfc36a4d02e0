"""What the database itself keeps true about roll calls and votes, whichever way they are written.

- A published roll call of a text needs that text published, and by the same body.
- The session of a text and of a roll call is one of their body; a correction is of a vote.
- Each roll call has a tally row, and the tally is its votes counted.
- Votes belong to roll calls that recorded who voted how.
"""

from django.db import migrations

PUBLISHED_NEEDS_PUBLISHED = """
ALTER TABLE votes_rollcall ADD CONSTRAINT published_roll_call_of_published_resolution
    FOREIGN KEY (resolution_id, body_id, needs_status)
    REFERENCES resolutions_resolution (id, body_id, status)
    DEFERRABLE INITIALLY DEFERRED;
"""

SESSION_OF_BODY = """
ALTER TABLE votes_rollcall ADD CONSTRAINT roll_call_session_of_body
    FOREIGN KEY (session_id, body_id) REFERENCES resolutions_session (id, body_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE resolutions_resolution ADD CONSTRAINT resolution_session_of_body
    FOREIGN KEY (session_id, body_id) REFERENCES resolutions_session (id, body_id) DEFERRABLE INITIALLY DEFERRED;
"""

CORRECTION_OF_VOTE = """
ALTER TABLE votes_correction ADD CONSTRAINT correction_of_vote
    FOREIGN KEY (roll_call_id, state_id) REFERENCES votes_vote (roll_call_id, state_id) DEFERRABLE INITIALLY DEFERRED;
"""

TALLY = """
CREATE FUNCTION votes_tally_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO votes_tally (roll_call_id, yes, no, abstaining, non_voting)
    SELECT id, 0, 0, 0, 0 FROM written;
    RETURN NULL;
END $$;

CREATE TRIGGER tally_begin AFTER INSERT ON votes_rollcall
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION votes_tally_begin();

-- Figures are moved by what a statement changed rather than counted anew, so that two transactions that write
-- different votes of one roll call both come out right. Rows are locked in the order of their key.
CREATE FUNCTION votes_tally_move(roll_calls bigint[], y int[], n int[], a int[], x int[])
RETURNS void LANGUAGE sql AS $$
    SELECT 1 FROM votes_tally WHERE roll_call_id = ANY (roll_calls) ORDER BY roll_call_id FOR NO KEY UPDATE;
    UPDATE votes_tally t SET
        yes = t.yes + d.yes,
        no = t.no + d.no,
        abstaining = t.abstaining + d.abstaining,
        non_voting = t.non_voting + d.non_voting
    FROM unnest(roll_calls, y, n, a, x)
        AS d (roll_call_id, yes, no, abstaining, non_voting)
    WHERE t.roll_call_id = d.roll_call_id;
$$;

-- The roll calls are locked, so that none becomes one without votes while votes of it are being written.
CREATE FUNCTION votes_need_recorded(roll_calls bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM votes_rollcall WHERE id = ANY (roll_calls) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT FROM votes_rollcall WHERE id = ANY (roll_calls) AND method NOT IN ('recorded', 'roll-call')) THEN
        RAISE EXCEPTION 'a roll call that recorded no votes cannot have any'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'votes_of_recorded_roll_call';
    END IF;
END $$;

CREATE FUNCTION votes_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM votes_need_recorded(array_agg(DISTINCT roll_call_id)) FROM written;
    PERFORM votes_tally_move(array_agg(roll_call_id), array_agg(y), array_agg(n), array_agg(a), array_agg(x))
    FROM (
        SELECT roll_call_id,
            count(*) FILTER (WHERE choice = 'Y')::int AS y, count(*) FILTER (WHERE choice = 'N')::int AS n,
            count(*) FILTER (WHERE choice = 'A')::int AS a, count(*) FILTER (WHERE choice = 'X')::int AS x
        FROM written GROUP BY roll_call_id
    ) d;
    RETURN NULL;
END $$;

CREATE FUNCTION votes_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM votes_tally_move(array_agg(roll_call_id), array_agg(y), array_agg(n), array_agg(a), array_agg(x))
    FROM (
        SELECT roll_call_id,
            -count(*) FILTER (WHERE choice = 'Y')::int AS y, -count(*) FILTER (WHERE choice = 'N')::int AS n,
            -count(*) FILTER (WHERE choice = 'A')::int AS a, -count(*) FILTER (WHERE choice = 'X')::int AS x
        FROM removed GROUP BY roll_call_id
    ) d;
    RETURN NULL;
END $$;

CREATE FUNCTION votes_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM votes_need_recorded(array_agg(DISTINCT roll_call_id)) FROM written;
    PERFORM votes_tally_move(array_agg(roll_call_id), array_agg(y), array_agg(n), array_agg(a), array_agg(x))
    FROM (
        SELECT roll_call_id,
            coalesce(sum(weight) FILTER (WHERE choice = 'Y'), 0)::int AS y,
            coalesce(sum(weight) FILTER (WHERE choice = 'N'), 0)::int AS n,
            coalesce(sum(weight) FILTER (WHERE choice = 'A'), 0)::int AS a,
            coalesce(sum(weight) FILTER (WHERE choice = 'X'), 0)::int AS x
        FROM (
            SELECT roll_call_id, choice, 1 AS weight FROM written
            UNION ALL SELECT roll_call_id, choice, -1 FROM removed
        ) changes
        GROUP BY roll_call_id
    ) d;
    RETURN NULL;
END $$;

CREATE FUNCTION votes_tally_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE votes_tally SET yes = 0, no = 0, abstaining = 0, non_voting = 0 WHERE yes + no + abstaining + non_voting > 0;
    RETURN NULL;
END $$;

CREATE TRIGGER tally_insert AFTER INSERT ON votes_vote REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION votes_tally_insert();
CREATE TRIGGER tally_delete AFTER DELETE ON votes_vote REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION votes_tally_delete();
CREATE TRIGGER tally_update AFTER UPDATE ON votes_vote REFERENCING OLD TABLE AS removed NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION votes_tally_update();
CREATE TRIGGER tally_truncate AFTER TRUNCATE ON votes_vote
    FOR EACH STATEMENT EXECUTE FUNCTION votes_tally_truncate();

CREATE FUNCTION votes_method_keeps_votes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM votes_vote WHERE roll_call_id = NEW.id) THEN
        RAISE EXCEPTION 'a roll call with votes has recorded them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'votes_of_recorded_roll_call';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER method_keeps_votes AFTER UPDATE OF method ON votes_rollcall
    FOR EACH ROW WHEN (NEW.method NOT IN ('recorded', 'roll-call')) EXECUTE FUNCTION votes_method_keeps_votes();
"""

NO_TALLY = """
DROP TRIGGER method_keeps_votes ON votes_rollcall;
DROP TRIGGER tally_begin ON votes_rollcall;
DROP TRIGGER tally_insert ON votes_vote;
DROP TRIGGER tally_delete ON votes_vote;
DROP TRIGGER tally_update ON votes_vote;
DROP TRIGGER tally_truncate ON votes_vote;
DROP FUNCTION votes_method_keeps_votes, votes_tally_begin, votes_tally_insert, votes_tally_delete,
    votes_tally_update, votes_tally_truncate;
DROP FUNCTION votes_tally_move, votes_need_recorded;
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0001_initial"), ("resolutions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            PUBLISHED_NEEDS_PUBLISHED,
            "ALTER TABLE votes_rollcall DROP CONSTRAINT published_roll_call_of_published_resolution;",
        ),
        migrations.RunSQL(
            SESSION_OF_BODY,
            "ALTER TABLE votes_rollcall DROP CONSTRAINT roll_call_session_of_body;"
            "ALTER TABLE resolutions_resolution DROP CONSTRAINT resolution_session_of_body;",
        ),
        migrations.RunSQL(CORRECTION_OF_VOTE, "ALTER TABLE votes_correction DROP CONSTRAINT correction_of_vote;"),
        migrations.RunSQL(TALLY, NO_TALLY),
    ]
