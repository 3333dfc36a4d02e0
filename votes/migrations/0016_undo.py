"""What it takes to undo: what deletions held, which change undoes which, and what an import added.

- Deleted drafts, statements of sources and who entered a record go into the history as internal events, which no
  public page shows. Retired addresses go into it as what they say in public.
- A record that comes back by an undo, with the key it had, is followed like any other change.
- Deleting what has been public retires its address, whichever way it is deleted; publishing it again gives it back.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

history = import_module("votes.migrations.0007_history")
version = import_module("votes.migrations.0004_data_version")

COLUMNS = "ALTER TABLE votes_publication ADD COLUMN import_run_id bigint;"
NO_COLUMNS = "ALTER TABLE votes_publication DROP COLUMN import_run_id;"

REVISION = """
CREATE OR REPLACE FUNCTION votes_current_revision() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    said jsonb := coalesce(nullif(current_setting('plenary.because', true), ''), '{{}}')::jsonb;
    own text := coalesce(said->>'id', '');
    found bigint;
BEGIN
    SELECT id INTO found FROM votes_revision
    WHERE transaction = pg_current_xact_id()::text::bigint AND at = transaction_timestamp() AND context = own;
    IF found IS NULL THEN
        INSERT INTO votes_revision
            (transaction, at, context, role, by_id, by_name, reason, command, import_run_id{column})
        VALUES (
            pg_current_xact_id()::text::bigint, transaction_timestamp(), own, session_user, (said->>'by')::int,
            coalesce(said->>'by_name', ''), coalesce(said->>'reason', ''), coalesce(said->>'command', ''),
            (said->>'import_run')::bigint{value}
        ) RETURNING id INTO found;
    END IF;
    RETURN found;
END $$;
"""

PUBLICATION = """
CREATE OR REPLACE FUNCTION votes_note_publication() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    said jsonb := coalesce(nullif(current_setting('plenary.because', true), ''), '{}')::jsonb;
BEGIN
    INSERT INTO votes_publication (kind, key, import_run_id)
    SELECT TG_ARGV[0], id, (said->>'import_run')::bigint FROM written WHERE status = 'published'
    ON CONFLICT DO NOTHING;
    IF TG_ARGV[0] = 'roll-call' THEN
        DELETE FROM votes_retiredaddress a USING written w WHERE a.slug = w.slug AND w.status = 'published';
    ELSE
        DELETE FROM resolutions_retiredtext a USING written w
        WHERE a.symbol_key = w.symbol_key AND w.status = 'published';
    END IF;
    RETURN NULL;
END $$;
"""
PUBLICATION_BEFORE = """
CREATE OR REPLACE FUNCTION votes_note_publication() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO votes_publication (kind, key) SELECT TG_ARGV[0], id FROM written WHERE status = 'published'
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""

FUNCTIONS = f"""
-- Arguments: the kind, what to select of a row r, and the condition under which its deletion is kept for editors.
CREATE FUNCTION votes_trail_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    EXECUTE format(
        'WITH gone AS MATERIALIZED (SELECT %s FROM removed r WHERE %s), revision AS MATERIALIZED ('
        '    SELECT votes_current_revision() AS id WHERE EXISTS (SELECT FROM gone)'
        ') '
        'INSERT INTO votes_historyevent '
        '    (revision_id, kind, key, roll_call, resolution, subject, name, shown, internal, old) '
        'SELECT v.id, $1, c.key, c.roll_call, c.resolution, coalesce(c.subject, ''''), coalesce(c.name, ''''), false, '
        '    true, c.data '
        'FROM gone c CROSS JOIN revision v ORDER BY c.key',
        TG_ARGV[1], TG_ARGV[2]
    ) USING TG_ARGV[0];
    RETURN NULL;
END $$;

-- The reason that an address gives which is gone, of what is being done now.
CREATE FUNCTION votes_reason_of_removal(said jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(nullif(said->>'reason', ''), CASE WHEN said->>'import_run' IS NULL
        THEN 'It was removed from the record.'
        ELSE 'Its source no longer has it, so an import removed it.' END);
$$;

CREATE FUNCTION votes_retire() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    said jsonb := coalesce(nullif(current_setting('plenary.because', true), ''), '{{}}')::jsonb;
BEGIN
    IF TG_ARGV[0] = 'roll-call' THEN
        INSERT INTO votes_retiredaddress (slug, kind, reason, resolution_id, at, by_id, import_run_id)
        SELECT r.slug, 'withdrawn', votes_reason_of_removal(said), r.resolution_id, transaction_timestamp(),
            (said->>'by')::int, (said->>'import_run')::bigint
        FROM removed r WHERE {history.FOLLOWED["roll-call"]}
        ON CONFLICT (slug) DO NOTHING;
    ELSE
        INSERT INTO resolutions_retiredtext (symbol, symbol_key, reason, at, by_id)
        SELECT r.symbol, r.symbol_key, votes_reason_of_removal(said), transaction_timestamp(), (said->>'by')::int
        FROM removed r WHERE {history.FOLLOWED["resolution"]}
        ON CONFLICT (symbol_key) DO UPDATE SET
            symbol = EXCLUDED.symbol, reason = EXCLUDED.reason, at = EXCLUDED.at, by_id = EXCLUDED.by_id;
    END IF;
    RETURN NULL;
END $$;
"""


def never_public(kind: str, column: str) -> str:
    """Return the condition that the record whose key is in ``column`` has never been public."""
    return f"{column} NOT IN (SELECT key FROM votes_publication WHERE kind = '{kind}')"


ROLL_CALL, RESOLUTION = never_public("roll-call", "r.roll_call_id"), never_public("resolution", "r.resolution_id")
# By table, the condition under which what is deleted is kept for editors alone.
DRAFTS = {
    "votes_rollcall": never_public("roll-call", "r.id"),
    "votes_vote": ROLL_CALL,
    "votes_correction": ROLL_CALL,
    "resolutions_resolution": never_public("resolution", "r.id"),
    "resolutions_resolution_topics": RESOLUTION,
    "resolutions_othersymbol": RESOLUTION,
}
# By table: the kind, what to select of a row, and the condition.
KEPT = {table: (*history.TRACKED[table][:2], condition) for table, condition in DRAFTS.items()} | {
    "votes_statement": (
        "statement",
        # Of a statement, the key of the symbol is not derived.
        history.row(subject=history.SLUG, name=history.SOURCE, roll_call="r.roll_call_id", shown="false").replace(
            f" - {history.DERIVED}", ""
        ),
        "true",
    ),
    "votes_rollcall_entered_by": (
        "roll-call-editor",
        history.row(
            subject="(SELECT slug FROM votes_rollcall p WHERE p.id = r.rollcall_id)",
            roll_call="r.rollcall_id",
            shown="false",
        ),
        "true",
    ),
    "resolutions_resolution_entered_by": (
        "resolution-editor",
        history.row(subject=history.SYMBOL, resolution="r.resolution_id", shown="false"),
        "true",
    ),
}
ADDRESS = history.row(
    subject="r.slug",
    name="r.slug",
    roll_call="r.roll_call_id",
    shown=f"coalesce(r.kind = 'merged' AND {history.ROLL_CALL_SHOWN}, false)",
).replace("to_jsonb(r)", "to_jsonb(r) - 'by_id'")  # an account that goes changes nothing
NEW = "AFTER INSERT ON {table} REFERENCING NEW TABLE AS written"
OLD = "AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed"


def trigger(name: str, when: str, table: str, function: str, *arguments: str) -> str:
    """Return the SQL of a trigger for each statement."""
    call = f"{function}({history.quoted(*arguments)})"
    return f"CREATE TRIGGER {name} {when.format(table=table)} FOR EACH STATEMENT EXECUTE FUNCTION {call};\n"


TRIGGERS = "".join(
    (
        *(trigger("trail_kept", OLD, table, "votes_trail_deleted", *about) for table, about in KEPT.items()),
        *(
            trigger(f"trail_{event}", when, "votes_retiredaddress", "votes_trail", "address", ADDRESS, "true")
            for event, when in {**history.EVENTS, **history.INSERT}.items()
        ),
        # Only what comes back has been public before it is new.
        *(
            trigger("trail_insert", NEW, table, "votes_trail", *history.TRACKED[table])
            for table in ("votes_rollcall", "resolutions_resolution")
        ),
        trigger("retire", OLD, "votes_rollcall", "votes_retire", "roll-call"),
        trigger("retire", OLD, "resolutions_resolution", "votes_retire", "resolution"),
        *(
            trigger(f"note_{event}", when, "resolutions_retiredtext", "votes_note_change", "true")
            for event, when in version.EVENTS.items()
        ),
    )
)
NO_TRIGGERS = (
    "DROP FUNCTION votes_trail_deleted CASCADE; DROP FUNCTION votes_retire CASCADE;"
    "DROP FUNCTION votes_reason_of_removal;"
    + "".join(f"DROP TRIGGER trail_{event} ON votes_retiredaddress;" for event in ("insert", "update", "delete"))
    + "DROP TRIGGER trail_insert ON votes_rollcall; DROP TRIGGER trail_insert ON resolutions_resolution;"
    + "".join(f"DROP TRIGGER note_{event} ON resolutions_retiredtext;" for event in version.EVENTS)
)
KINDS = [
    ('roll-call', 'recorded vote'), ('vote', 'vote'), ('correction', 'correction'), ('resolution', 'resolution'), ('topic', 'topic of a resolution'), ('other-symbol', 'other symbol'), ('state', 'member state'), ('state-name', 'former name'), ('successor', 'successor of a member state'), ('seat', 'membership of a body'), ('bloc', 'bloc'), ('bloc-membership', 'membership of a bloc'), ('body', 'body'), ('session', 'session'), ('subject', 'topic'), ('source', 'source'), ('address', 'retired address'), ('statement', 'statement of a source'), ('roll-call-editor', 'editor of a recorded vote'), ('resolution-editor', 'editor of a resolution'), ('truncated', 'table emptied'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('resolutions', '0004_retired_texts'),
        ('votes', '0015_plain_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='historyevent',
            name='history_event_kind',
        ),
        migrations.AddField(
            model_name='historyevent',
            name='internal',
            field=models.BooleanField(db_default=False, default=False, help_text='What a deletion held that was never public; kept so that the deletion can be undone.', verbose_name='for editors only'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='undone',
            field=models.DateTimeField(blank=True, null=True, verbose_name='undone'),
        ),
        migrations.AddField(
            model_name='retiredaddress',
            name='import_run',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The import that removed the vote; a later one may bring it back under its name.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='votes.importrun', verbose_name='import'),
        ),
        migrations.AddField(
            model_name='revision',
            name='undoes',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='The earlier change that this one takes back.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='undone_by', to='votes.revision', verbose_name='undoes'),
        ),
        migrations.AlterField(
            model_name='historyevent',
            name='kind',
            field=models.CharField(choices=KINDS, max_length=20, verbose_name='kind'),
        ),
        migrations.AddIndex(
            model_name='historyevent',
            index=models.Index(condition=models.Q(('new__isnull', True), models.Q(('kind__in', ('vote', 'correction', 'topic', 'other-symbol', 'address', 'statement', 'roll-call-editor', 'resolution-editor')), _negated=True)), fields=['revision'], name='history_event_deleted'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('undoes__isnull', False)), fields=['undoes'], name='revision_undoes'),
        ),
        migrations.AddConstraint(
            model_name='historyevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', [kind for kind, _words in KINDS])), name='history_event_kind'),
        ),
        migrations.RunSQL(COLUMNS, NO_COLUMNS),
        migrations.RunSQL(
            REVISION.format(column=", undoes_id", value=", (said->>'undoes')::bigint"),
            REVISION.format(column="", value=""),
        ),
        migrations.RunSQL(PUBLICATION, PUBLICATION_BEFORE),
        migrations.RunSQL(FUNCTIONS + TRIGGERS, NO_TRIGGERS),
    ]
