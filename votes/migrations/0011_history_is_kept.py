"""What the history says is not changed afterwards: UPDATE and DELETE are refused, whoever asks.

TRUNCATE is refused to all but the owner of the tables, who needs it to empty a database (``manage.py flush``), and goes
into the server's log with the number of rows. The owner can drop the triggers, too: no table is safe from its owner,
but nothing is rewritten by a mistake, or by a role that was merely granted writing.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION votes_keep_history() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    total bigint;
BEGIN
    IF TG_OP <> 'TRUNCATE'
        OR NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'The history is kept as it was written: %s of %s is refused.', TG_OP, TG_TABLE_NAME
        );
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', TG_TABLE_NAME) INTO total;
    IF total > 0 THEN
        RAISE LOG 'TRUNCATE of % by % removed % rows', TG_TABLE_NAME, session_user, total;
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION votes_keep_history();\n"
    for table in ("votes_historyevent", "votes_revision")
)


class Migration(migrations.Migration):

    dependencies = [('votes', '0010_text_of_a_withdrawn_vote')]

    operations = [migrations.RunSQL(KEEP, "DROP FUNCTION votes_keep_history CASCADE")]
