"""The order journal in the database of a program that uses SQLAlchemy."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from octopus_cards.journal import Entry, State, entry_from_row, row_from_entry

Cipher = Callable[[bytes], bytes]
PAGE_SIZE = 500
TEXTS = ("state", "operation", "request", "fingerprint", "server", "owner", "note")

metadata = sa.MetaData()
table = sa.Table(
    "journal_entries",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("reference", sa.Text, nullable=False, unique=True),
    # `request` is JSON text, because a JSON column would turn amounts into floats.
    *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
    *(sa.Column(name, sa.Double, nullable=False) for name in ("lease_until", "created_at", "updated_at")),
    sa.Column("private", sa.LargeBinary),
    sa.Column("sends", sa.Integer, nullable=False),
    sa.Column("in_doubt", sa.Boolean, nullable=False),
    sa.Column("order_id", sa.BigInteger),
    sa.Index("journal_by_age", "created_at", "id"),
    sa.Index("journal_by_state", "state", "created_at", "id"),
)


class SQLAlchemyJournal:
    """A journal of orders in `table`. Its updates have transactions of their own, apart from those of any session."""

    def __init__(self, engine: sa.Engine, encrypt: Cipher | None = None, decrypt: Cipher | None = None) -> None:
        self._engine = engine
        self._encrypt = encrypt
        self._decrypt = decrypt

    def update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        """Replace the entry with this reference by what `change` returns, and commit before returning."""
        try:
            return self._update(reference, change)
        except IntegrityError:  # another process inserted the entry between the query and the insertion
            return self._update(reference, change)

    def _update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        this = table.c.reference == reference
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(table).where(this).with_for_update()).mappings().one_or_none()
            before = entry_from_row(row, self._decrypt) if row else None
            after = change(before)
            if after is None:
                return before
            columns = row_from_entry(after, before, self._encrypt)
            connection.execute((table.update().where(this) if row else table.insert()).values(columns))
            return entry_from_row({"private": None} | dict(row or {}) | columns, self._decrypt)

    def entries(self, state: State | str | None = None) -> Iterator[Entry]:
        """Iterate over the entries, or those in one state, oldest first, without a transaction between pages."""
        query = sa.select(table).order_by(table.c.created_at, table.c.id).limit(PAGE_SIZE)
        page_query = query = query if state is None else query.where(table.c.state == State(state).value)
        while True:
            with self._engine.connect() as connection:
                page = connection.execute(page_query).mappings().all()
            yield from (entry_from_row(row, self._decrypt) for row in page)
            if len(page) < PAGE_SIZE:
                return
            last = page[-1]["created_at"], page[-1]["id"]
            page_query = query.where(sa.tuple_(table.c.created_at, table.c.id) > last)
