"""The history: what triggers write of every change to what is public, whichever way it comes.

Statement-level, with transition tables, as the tally and the data version are: an import changes ten thousand votes
in one statement. A record is followed from the transaction after the one that first published it, so that neither
drafts nor what a first import brings leaves anything; then for good, also while it is out of public view, since what
comes back changed has changed. Rows that come new are followed where they are part of a record that is followed.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PUBLICATION = """
-- What has been public, and since which transaction, roughly: of what was public before there was a history, since
-- the transaction that began it.
CREATE TABLE votes_publication (
    kind text NOT NULL,
    key bigint NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (kind, key)
);
INSERT INTO votes_publication (kind, key) SELECT 'roll-call', id FROM votes_rollcall WHERE status = 'published';
INSERT INTO votes_publication (kind, key) SELECT 'resolution', id FROM resolutions_resolution WHERE status = 'published';

CREATE FUNCTION votes_note_publication() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO votes_publication (kind, key) SELECT TG_ARGV[0], id FROM written WHERE status = 'published'
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""

FUNCTIONS = """
-- The revision of this transaction, and of the reason given for what it is doing now.
CREATE FUNCTION votes_current_revision() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    said jsonb := coalesce(nullif(current_setting('plenary.because', true), ''), '{}')::jsonb;
    own text := coalesce(said->>'id', '');
    found bigint;
BEGIN
    SELECT id INTO found FROM votes_revision
    WHERE transaction = pg_current_xact_id()::text::bigint AND at = transaction_timestamp() AND context = own;
    IF found IS NULL THEN
        INSERT INTO votes_revision (transaction, at, context, role, by_id, by_name, reason, command, import_run_id)
        VALUES (
            pg_current_xact_id()::text::bigint, transaction_timestamp(), own, session_user, (said->>'by')::int,
            coalesce(said->>'by_name', ''), coalesce(said->>'reason', ''), coalesce(said->>'command', ''),
            (said->>'import_run')::bigint
        ) RETURNING id INTO found;
    END IF;
    RETURN found;
END $$;

-- Arguments: the kind, what to select of a row r, the condition under which it is followed, and the table whose rows
-- it is part of, if any, with the column that says which: they are locked, so that none is published meanwhile.
CREATE FUNCTION votes_trail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before text := format(CASE TG_OP WHEN 'INSERT' THEN 'written r WHERE false' ELSE 'removed r WHERE %s' END, TG_ARGV[2]);
    after text := format(CASE TG_OP WHEN 'DELETE' THEN 'removed r WHERE false' ELSE 'written r WHERE %s' END, TG_ARGV[2]);
BEGIN
    IF TG_OP = 'DELETE' AND TG_NARGS > 3 THEN
        EXECUTE format(
            'SELECT FROM %1$I p WHERE id IN (SELECT %2$I FROM removed) ORDER BY id FOR SHARE', TG_ARGV[3], TG_ARGV[4]
        );
    END IF;
    EXECUTE format(
        'WITH o AS (SELECT %1$s FROM %2$s), n AS (SELECT %1$s FROM %3$s), changed AS MATERIALIZED ('
        '    SELECT coalesce(n.key, o.key) AS key, coalesce(n.roll_call, o.roll_call) AS roll_call,'
        '        coalesce(n.resolution, o.resolution) AS resolution, coalesce(n.subject, o.subject, '''') AS subject,'
        '        coalesce(n.name, o.name, '''') AS name, coalesce(n.shown, o.shown, false) AS shown,'
        '        o.data AS old, n.data AS new'
        '    FROM o FULL JOIN n ON o.key = n.key AND o.part = n.part'
        '    WHERE o.data IS DISTINCT FROM n.data'
        '), revision AS MATERIALIZED ('
        '    SELECT votes_current_revision() AS id WHERE EXISTS (SELECT FROM changed)'
        ') '
        'INSERT INTO votes_historyevent (revision_id, kind, key, roll_call, resolution, subject, name, shown, old, new) '
        'SELECT v.id, $1, c.key, c.roll_call, c.resolution, c.subject, c.name, c.shown, c.old, c.new '
        'FROM changed c CROSS JOIN revision v ORDER BY c.subject, c.name, c.key',
        TG_ARGV[1], before, after
    ) USING TG_ARGV[0];
    RETURN NULL;
END $$;

CREATE FUNCTION votes_trail_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    total bigint;
    followed bigint;
BEGIN
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE %s) FROM %I r', TG_ARGV[1], TG_TABLE_NAME)
    INTO total, followed;
    IF total > 0 THEN
        INSERT INTO votes_historyevent (revision_id, kind, subject, name, shown, old)
        VALUES (
            votes_current_revision(), 'truncated', TG_TABLE_NAME, TG_ARGV[0], followed > 0,
            jsonb_build_object('rows', total, 'followed', followed)
        );
    END IF;
    IF TG_ARGV[0] IN ('roll-call', 'resolution') THEN
        DELETE FROM votes_publication WHERE kind = TG_ARGV[0];
    END IF;
    RETURN NULL;
END $$;
"""


def followed(kind: str, column: str) -> str:
    """Return the condition that the record whose key is in ``column`` was public before this transaction."""
    return (
        f"{column} IN (SELECT key FROM votes_publication WHERE kind = '{kind}' AND (transaction, at) IS DISTINCT FROM "
        "(pg_current_xact_id(), transaction_timestamp()))"
    )


# What is kept in step by a function of other columns is left out.
DERIVED = "'{search,search_text,needs_status,symbol_key,symbol_loose,symbol_sort,sort_name}'::text[]"
FOLLOWED = {"roll-call": followed("roll-call", "r.id"), "resolution": followed("resolution", "r.id")}
OF_ROLL_CALL = followed("roll-call", "r.roll_call_id")
OF_RESOLUTION = followed("resolution", "r.resolution_id")
SLUG = "(SELECT slug FROM votes_rollcall p WHERE p.id = r.roll_call_id)"
SYMBOL = "(SELECT symbol FROM resolutions_resolution p WHERE p.id = r.resolution_id)"
CODE = "(SELECT code FROM votes_memberstate p WHERE p.id = r.state_id)"
BODY = "(SELECT code FROM resolutions_body p WHERE p.id = r.body_id)"
BLOC = "(SELECT slug FROM votes_bloc p WHERE p.id = r.bloc_id)"
SESSION = "(SELECT code FROM resolutions_session p WHERE p.id = r.session_id)"
SOURCE = "(SELECT name FROM votes_source p WHERE p.id = r.source_id)"
ROLL_CALL_SHOWN = "(SELECT status = 'published' FROM votes_rollcall p WHERE p.id = r.roll_call_id)"
RESOLUTION_SHOWN = "(SELECT status = 'published' FROM resolutions_resolution p WHERE p.id = r.resolution_id)"


def row(
    *, subject: str, name: str = "''", roll_call: str = "NULL::bigint", resolution: str = "NULL::bigint",
    shown: str = "true", **words: str,
) -> str:
    """Return what to select of a row r; ``words`` are named what keys stand for, as they may not stand for it long."""
    more = "".join(f", '{word}', {value}" for word, value in words.items())
    data = f"to_jsonb(r) - {DERIVED} || jsonb_build_object({more.removeprefix(', ')})"
    return (
        f"r.id AS key, {roll_call} AS roll_call, {resolution} AS resolution, {subject} AS subject, {name} AS name, "
        f"{shown} AS shown, coalesce({roll_call}, {resolution}, 0) AS part, {data} AS data"
    )


OF_ROLL_CALLS = {"subject": SLUG, "roll_call": "r.roll_call_id", "shown": ROLL_CALL_SHOWN}
OF_RESOLUTIONS = {"subject": SYMBOL, "resolution": "r.resolution_id", "shown": RESOLUTION_SHOWN}
IN_ROLL_CALL = ("votes_rollcall", "roll_call_id")
IN_RESOLUTION = ("resolutions_resolution", "resolution_id")

# By table: the kind, what to select of a row, when it is followed, and what it is part of.
TRACKED = {
    "votes_rollcall": (
        "roll-call",
        row(
            subject="r.slug", roll_call="r.id", shown="r.status = 'published'", body=BODY, session=SESSION,
            resolution_symbol=SYMBOL, source=SOURCE,
        ),
        FOLLOWED["roll-call"],
    ),
    "votes_vote": ("vote", row(name=CODE, **OF_ROLL_CALLS), OF_ROLL_CALL, *IN_ROLL_CALL),
    "votes_correction": ("correction", row(name=CODE, **OF_ROLL_CALLS), OF_ROLL_CALL, *IN_ROLL_CALL),
    "resolutions_resolution": (
        "resolution",
        row(subject="r.symbol", resolution="r.id", shown="r.status = 'published'", body=BODY, session=SESSION),
        FOLLOWED["resolution"],
    ),
    "resolutions_resolution_topics": (
        "topic",
        row(name="(SELECT name FROM resolutions_topic p WHERE p.id = r.topic_id)", **OF_RESOLUTIONS),
        OF_RESOLUTION,
        *IN_RESOLUTION,
    ),
    "resolutions_othersymbol": ("other-symbol", row(name="r.symbol", **OF_RESOLUTIONS), OF_RESOLUTION, *IN_RESOLUTION),
    # Reference facts are public as soon as they are there, and followed from then on.
    "votes_memberstate": ("state", row(subject="r.code"), "true"),
    "votes_statename": ("state-name", row(subject=CODE, name="r.until::text"), "true"),
    "votes_memberstate_successors": (
        "successor",
        row(
            subject="(SELECT code FROM votes_memberstate p WHERE p.id = r.from_memberstate_id)",
            name="(SELECT code FROM votes_memberstate p WHERE p.id = r.to_memberstate_id)",
        ),
        "true",
    ),
    "votes_bodymembership": ("seat", row(subject=CODE, name=BODY, body=BODY), "true"),
    "votes_bloc": ("bloc", row(subject="r.slug"), "true"),
    "votes_blocmembership": ("bloc-membership", row(subject=BLOC, name=CODE, state=CODE), "true"),
    "resolutions_body": ("body", row(subject="r.code"), "true"),
    "resolutions_session": ("session", row(subject="r.code", body=BODY), "true"),
    "resolutions_topic": ("subject", row(subject="r.slug"), "true"),
    "votes_source": ("source", row(subject="r.slug"), "true"),
}
# Named to come after the tally's, which locks the roll calls; see votes_need_recorded.
EVENTS = {
    "update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS removed NEW TABLE AS written",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed",
}
INSERT = {"insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS written"}


def quoted(*texts: str) -> str:
    """Return SQL literals."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


TRIGGERS = "".join(
    f"CREATE TRIGGER trail_{event} {when.format(table=table)} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION votes_trail({quoted(*about)});\n"
    for table, about in TRACKED.items()
    for event, when in {**EVENTS, **(INSERT if len(about) > 3 else {})}.items()
)
TRUNCATES = "".join(
    f"CREATE TRIGGER trail_truncate BEFORE TRUNCATE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION votes_trail_truncate({quoted(about[0], about[2])});\n"
    for table, about in TRACKED.items()
)
PUBLICATIONS = "".join(
    f"CREATE TRIGGER publication_{event} {when.format(table=table)} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION votes_note_publication('{kind}');\n"
    for table, kind in (("votes_rollcall", "roll-call"), ("resolutions_resolution", "resolution"))
    for event, when in {**INSERT, "update": "AFTER UPDATE ON {table} REFERENCING NEW TABLE AS written"}.items()
)
DROP = """
DROP FUNCTION votes_trail CASCADE;
DROP FUNCTION votes_trail_truncate CASCADE;
DROP FUNCTION votes_note_publication CASCADE;
DROP FUNCTION votes_current_revision;
DROP TABLE votes_publication;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('votes', '0006_ideal_points'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.BigIntegerField(help_text="The database's number.", verbose_name='transaction')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('context', models.CharField(help_text="Which of the transaction's reasons.", max_length=36, verbose_name='context')),
                ('role', models.CharField(help_text='Who had logged in to the database.', max_length=63, verbose_name='database role')),
                ('by_name', models.CharField(help_text="The account's name of the time, or who it was.", max_length=200, verbose_name='by')),
                ('reason', models.TextField(verbose_name='reason')),
                ('command', models.CharField(max_length=100, verbose_name='command')),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('import_run', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='revisions', to='votes.importrun', verbose_name='import')),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='HistoryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('roll-call', 'recorded vote'), ('vote', 'vote'), ('correction', 'correction'), ('resolution', 'resolution'), ('topic', 'topic of a resolution'), ('other-symbol', 'other symbol'), ('state', 'member state'), ('state-name', 'former name'), ('successor', 'successor of a member state'), ('seat', 'membership of a body'), ('bloc', 'bloc'), ('bloc-membership', 'membership of a bloc'), ('body', 'body'), ('session', 'session'), ('subject', 'topic'), ('source', 'source'), ('truncated', 'table emptied')], max_length=20, verbose_name='kind')),
                ('key', models.BigIntegerField(null=True, verbose_name='key of the row')),
                ('roll_call', models.BigIntegerField(null=True, verbose_name='key of the roll call')),
                ('resolution', models.BigIntegerField(null=True, verbose_name='key of the resolution')),
                ('subject', models.CharField(help_text='The slug, symbol or code of the roll call, resolution, state or bloc.', max_length=300, verbose_name='of')),
                ('name', models.CharField(help_text="Which of the subject's rows: for a vote the code of the state.", max_length=400, verbose_name='which')),
                ('shown', models.BooleanField(help_text='False of what happened to a record while it was out of public view.', verbose_name='public')),
                ('old', models.JSONField(null=True, verbose_name='before')),
                ('new', models.JSONField(null=True, verbose_name='after')),
                ('revision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='votes.revision', verbose_name='revision')),
            ],
            options={
                'verbose_name': 'change to published data',
                'verbose_name_plural': 'changes to published data',
                'ordering': ('-id',),
            },
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('transaction', 'at', 'context'), name='revision_once_a_reason'),
        ),
        migrations.AddIndex(
            model_name='historyevent',
            index=models.Index(fields=['roll_call'], name='history_event_roll_call'),
        ),
        migrations.AddIndex(
            model_name='historyevent',
            index=models.Index(fields=['resolution'], name='history_event_resolution'),
        ),
        migrations.AddIndex(
            model_name='historyevent',
            index=models.Index(fields=['subject'], name='history_event_subject'),
        ),
        migrations.AddIndex(
            model_name='historyevent',
            index=models.Index(condition=models.Q(('kind', 'truncated')), fields=['name'], name='history_event_truncated'),
        ),
        migrations.AddConstraint(
            model_name='historyevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['roll-call', 'vote', 'correction', 'resolution', 'topic', 'other-symbol', 'state', 'state-name', 'successor', 'seat', 'bloc', 'bloc-membership', 'body', 'session', 'subject', 'source', 'truncated'])), name='history_event_kind'),
        ),
        migrations.RunSQL(PUBLICATION + FUNCTIONS + TRIGGERS + TRUNCATES + PUBLICATIONS, DROP),
    ]
