"""Counting new votes reads them once: the check that their roll calls record votes takes the keys from the count."""

from django.db import migrations

COUNTED_BY_ROLL_CALL = """
        SELECT roll_call_id,
            count(*) FILTER (WHERE choice = 'Y')::int AS y, count(*) FILTER (WHERE choice = 'N')::int AS n,
            count(*) FILTER (WHERE choice = 'A')::int AS a, count(*) FILTER (WHERE choice = 'X')::int AS x
        FROM written GROUP BY roll_call_id
"""

ONE_PASS = f"""
CREATE OR REPLACE FUNCTION votes_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    roll_calls bigint[];
    y int[]; n int[]; a int[]; x int[];
BEGIN
    SELECT array_agg(d.roll_call_id), array_agg(d.y), array_agg(d.n), array_agg(d.a), array_agg(d.x)
    INTO roll_calls, y, n, a, x
    FROM ({COUNTED_BY_ROLL_CALL}) d;
    PERFORM votes_need_recorded(roll_calls);
    PERFORM votes_tally_move(roll_calls, y, n, a, x);
    RETURN NULL;
END $$;
"""

TWO_PASSES = f"""
CREATE OR REPLACE FUNCTION votes_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM votes_need_recorded(array_agg(DISTINCT roll_call_id)) FROM written;
    PERFORM votes_tally_move(array_agg(roll_call_id), array_agg(y), array_agg(n), array_agg(a), array_agg(x))
    FROM ({COUNTED_BY_ROLL_CALL}) d;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0004_data_version")]

    operations = [migrations.RunSQL(ONE_PASS, TWO_PASSES)]
