/**
 * The tables of the history, as the ordered steps that lead to them. A step, once released, is never changed: the file
 * remembers how many of them it has taken (`user_version`).
 */

/** Marks a SQLite file as ours (`application_id`): "ctui" in ASCII. */
export const APPLICATION_ID = 0x63747569

/** What is summed up in `hours`, in the order in which `tallied` says how. */
const TALLIED = [
  ...['answers', 'unpriced', 'estimates', 'input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'],
  ...['thinking', 'cost_usd', 'uncached_usd', 'stalls', 'stalled_ms', 'retries', 'instead', 'finished'],
]

/** First word, end and speed of a finished turn, as three values of a JSON list; null: it is none. */
const timesOf = (one: string) => {
  const value = (name: string) => `coalesce(round(${one}.${name}, 1), 'null')`
  return `iif(${one}.purpose = 'turn' and ${one}.ended = 'finished',
    ${value('ttft_ms')} || ',' || ${value('ttlt_ms')} || ',' || ${value('otps')}, null)`
}

/** Adds rows of the ledger to `hours`, or takes them away. @param one the row, as a trigger or a query names it */
function tallied(one: 'new' | 'old' | 'one', sign: 1 | -1, from = ''): string {
  const prompt = `(${one}.input + ${one}.cache_read + ${one}.cache_write_5m + ${one}.cache_write_1h)`
  // The first step that the prompt fits under gives its price, as in `core/models`. A price is in dollars per million.
  const uncached = `(select (${prompt} * json_extract(value, '$.card.input') + ${one}.output *
    json_extract(value, '$.card.output')) / 1e6 from json_each(iif(json_valid(${one}.prices), ${one}.prices, '[]'))
    where json_extract(value, '$.upToPrompt') is null or ${prompt} <= json_extract(value, '$.upToPrompt')
    order by key limit 1)`
  const values = [
    ...['1', `${one}.cost_usd is null`, `${one}.cost_usd is not null and ${one}.output_is_estimate`],
    ...['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'].map((name) => `${one}.${name}`),
    ...[`coalesce(${one}.thinking, 0)`, `coalesce(${one}.cost_usd, 0)`, `coalesce(${uncached}, 0)`],
    ...[`${one}.stalls`, `${one}.stalled_ms`, `${one}.attempts - 1`, `${one}.instead_of is not null`],
    `${one}.ended = 'finished'`,
  ]
  const signed = values.map((value) => `${sign} * (${value})`).join(', ')
  // "where true": without it SQLite takes the words "on conflict" for those of a join.
  const sums = from === '' ? signed : values.map((value) => `sum(${value})`).join(', ')
  // No turn is ever taken back: only a call that is told once more leaves the ledger.
  const times = from === '' ? (sign > 0 ? timesOf(one) : 'null') : `group_concat(${timesOf(one)})`
  const hour = `cast(strftime('%Y%m%d%H', ${one}.wall_ms / 1000, 'unixepoch', 'localtime') as integer)`
  return `insert into hours (hour, model, purpose, ${TALLIED.join(', ')}, times)
    select ${hour}, ${one}.model, ${one}.purpose, ${sums}, ${times} ${from} where true ${from && 'group by 1, 2, 3'}
    on conflict (hour, model, purpose) do update set
      ${TALLIED.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
      times = iif(times is null or excluded.times is null, coalesce(times, excluded.times), times || ',' || excluded.times)`
}

/**
 * - `events` is the truth: what happened in a conversation, in the order of `seq`, never changed. A row holds what was
 *   settled together, usually a turn, as a JSON array; times in it are milliseconds since 1970.
 * - `flight` holds what has happened in a turn that still runs, so that a crash loses no more than the last moment.
 *   `base` is the number of rows of `events` the turn follows. It is small: no index is worth its writing.
 * - `conversations` and `answers` (the ledger: a row for every answer that was paid for) are views kept beside it.
 *   `latest` orders conversations by when they were last written to, whatever the clock said then; `brought_ms` is when
 *   one was imported. The number of one that was removed is never given again: a chat may still have it open.
 * - `chores` remembers when something that is done once a day was done last, and when going on with a conversation was
 *   declined (`declined 17`). `refuse` holds the numbers of conversations that were removed, as long as some of what was said in
 *   them is still to be.
 * - `wins` tells which model was kept in a race and which ran beside it, a row for each pair; `cascades` has a row for each
 *   question that went up one, `models` being their ids with blanks between.
 * - `hours` is a view kept beside the ledger by the file itself: what was paid in each hour of the calendar here, as
 *   2026112114, by model and purpose. Without it a look back at 100,000 answers would have to read all of them.
 * - `held` is money for requests that are under way, by the programs that made them.
 * - `blobs` holds the bytes of attachments, once for each sha256; `attached` tells which conversations refer to them. When
 *   the last of those is removed, they are.
 * - `words` finds texts by what was said in them; it holds no text of its own. `said` tells where a text stands: in a
 *   row of `events`, and in those of copies of that conversation.
 */
export const MIGRATIONS: readonly string[] = [
  `
  create table conversations (
    id integer primary key autoincrement,
    uid text not null unique,
    title text not null,
    title_sought text not null,
    title_by text not null check (title_by in ('question', 'model', 'user')),
    kind text not null,
    created_ms real not null,
    updated_ms real not null,
    latest real not null,
    turns integer not null default 0,
    cost_usd real not null default 0,
    cost_is_estimate integer not null default 0,
    unpriced integer not null default 0,
    model text not null,
    ended text,
    deleted_ms real,
    brought_ms real
  ) strict;
  create index conversations_in_order on conversations (deleted_ms, latest, title_sought);

  create table events (
    id integer primary key,
    conversation integer not null,
    seq integer not null,
    turn integer,
    wall_ms real not null,
    body text not null,
    unique (conversation, seq)
  ) strict;

  create table flight (
    id integer primary key,
    conversation integer not null references conversations (id) on delete cascade,
    owner text not null,
    base integer not null,
    wall_ms real not null,
    body text not null
  ) strict;

  create table answers (
    id integer primary key,
    conversation integer not null,
    turn integer,
    purpose text not null,
    wall_ms real not null,
    model text not null,
    effort text,
    input integer not null,
    cache_read integer not null,
    cache_write_5m integer not null,
    cache_write_1h integer not null,
    output integer not null,
    output_is_estimate integer not null,
    thinking integer,
    prices text,
    cost_usd real,
    ttft_ms real,
    ttlt_ms real,
    otps real,
    stalls integer not null,
    stalled_ms real not null,
    attempts integer not null,
    ended text not null,
    stop_reason text,
    request_id text,
    message_id text
  ) strict;
  create index answers_by_time on answers (wall_ms);
  create index answers_by_conversation on answers (conversation);

  create table chores (
    name text primary key,
    done_ms real not null
  ) strict;

  create table refuse (
    conversation integer primary key
  ) strict;

  create virtual table words using fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
  );
  -- Half of a text's words are gone before the index is made anew: at FTS5's own tenth, removing takes ten times as long.
  insert into words (words, rank) values ('deletemerge', 40);

  create table said (
    words integer not null,
    conversation integer not null,
    event integer not null,
    primary key (words, conversation)
  ) strict, without rowid;
  create index said_by_conversation on said (conversation);
  `,
  `
  create table held (
    id integer primary key,
    owner text not null,
    wall_ms real not null,
    usd real not null
  ) strict;
  `,
  `
  create table blobs (
    id integer primary key,
    hash text not null unique,
    bytes blob not null
  ) strict;

  create table attached (
    hash text not null,
    conversation integer not null,
    primary key (hash, conversation)
  ) strict, without rowid;
  create index attached_by_conversation on attached (conversation);
  `,
  `
  -- The model that was chosen, where another one answered in its place.
  alter table answers add column instead_of text;
  `,
  `
  -- What the time of an answer went to: ms by phase, as JSON, and what follows from the times beside it.
  alter table answers add column first_byte_ms real;
  alter table answers add column first_thinking_ms real;
  alter table answers add column visible_otps real;
  alter table answers add column phases text;
  `,
  `
  -- Whether the answer fits the schema it was asked for; null: it was asked for none.
  alter table answers add column format_ok integer;
  `,
  `
  create table wins (
    id integer primary key,
    wall_ms real not null,
    winner text not null,
    loser text not null
  ) strict;

  create table cascades (
    id integer primary key,
    wall_ms real not null,
    models text not null,
    steps integer not null,
    is_kept integer not null,
    spent_usd real,
    second_usd real,
    last_usd real
  ) strict;
  `,
  `
  create table hours (
    hour integer not null,
    model text not null,
    purpose text not null,
    ${TALLIED.map((name) => `${name} real not null`).join(', ')},
    times text,
    primary key (hour, model, purpose)
  ) strict, without rowid;
  create trigger hours_more after insert on answers begin ${tallied('new', 1)}; end;
  create trigger hours_less after delete on answers begin ${tallied('old', -1)}; end;
  ${tallied('one', 1, 'from answers one')};
  create index answers_odd on answers (wall_ms, purpose, ended, stop_reason)
    where ended <> 'finished' or stop_reason <> 'end_turn';
  `,
  `
  -- The last answers of one model: a question waits for them, and they may lie behind a hundred thousand of others.
  create index answers_by_model on answers (model) where purpose = 'turn' and ended = 'finished';
  `,
]
