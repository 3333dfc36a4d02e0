"""The data version: each transaction that touches something public leaves one row, whichever way it writes.

The version is the number of rows that a snapshot sees. Rows become visible when their transaction commits, so the
number moves in commit order, together with the data it stands for; no row is shared, so nobody waits for anybody.
The transaction's number alone would not do as a key: a restored backup holds numbers that a new server gives anew.
"""

from django.db import migrations

CHANGE = """
CREATE TABLE votes_change (
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (transaction, at)
);

-- The first argument is the condition under which a row r of the table is public.
CREATE FUNCTION votes_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    source text;
    is_public boolean := false;
BEGIN
    FOREACH source IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY['written'] WHEN 'DELETE' THEN ARRAY['removed']
        WHEN 'UPDATE' THEN ARRAY['written', 'removed'] ELSE ARRAY[TG_TABLE_NAME::text] END
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I r WHERE %s)', source, TG_ARGV[0]) INTO is_public;
        EXIT WHEN is_public;
    END LOOP;
    IF is_public THEN
        INSERT INTO votes_change DEFAULT VALUES ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
"""

OF_RESOLUTION = (
    "EXISTS (SELECT FROM resolutions_resolution p WHERE p.id = r.resolution_id AND p.status = ''published'')"
)
OF_ROLL_CALL = "EXISTS (SELECT FROM votes_rollcall p WHERE p.id = r.roll_call_id AND p.status = ''published'')"
OF_NO_DRAFT = (
    "CASE WHEN r.roll_call_id IS NOT NULL THEN " + OF_ROLL_CALL + " "
    "WHEN r.resolution_id IS NOT NULL THEN " + OF_RESOLUTION + " ELSE true END"
)
PUBLISHED = "r.status = ''published''"
PUBLIC = {
    "resolutions_body": "true",
    "resolutions_session": "true",
    "resolutions_topic": "true",
    "resolutions_resolution": PUBLISHED,
    "resolutions_resolution_topics": OF_RESOLUTION,
    "resolutions_othersymbol": OF_RESOLUTION,
    "votes_source": "true",
    "votes_memberstate": "true",
    "votes_memberstate_successors": "true",
    "votes_statename": "true",
    "votes_bodymembership": "true",
    "votes_bloc": "true",
    "votes_blocmembership": "true",
    "votes_rollcall": PUBLISHED,
    "votes_vote": OF_ROLL_CALL,
    "votes_correction": OF_ROLL_CALL,
    "votes_statement": OF_ROLL_CALL,
    "votes_finding": OF_NO_DRAFT,
    "votes_importrun": "r.state = ''done''",
}
EVENTS = {
    "insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS written",
    "update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS removed NEW TABLE AS written",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed",
    "truncate": "BEFORE TRUNCATE ON {table}",
}
TRIGGERS = "".join(
    f"CREATE TRIGGER note_{event} {when.format(table=table)} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION votes_note_change('{condition}');\n"
    for table, condition in PUBLIC.items()
    for event, when in EVENTS.items()
)


class Migration(migrations.Migration):
    dependencies = [("votes", "0003_imports"), ("resolutions", "0001_initial")]

    operations = [
        migrations.RunSQL(CHANGE + TRIGGERS, "DROP FUNCTION votes_note_change CASCADE; DROP TABLE votes_change;"),
    ]
