"""The order journal in the database of a Django project.

Copy the model into the models.py of an app, delete its `app_label`, and run `manage.py makemigrations` and `migrate`.
"""

from collections.abc import Callable, Iterator

from django.db import IntegrityError, models, transaction

from octopus_cards.journal import Entry, State, entry_from_row, row_from_entry

Cipher = Callable[[bytes], bytes]


class JournalEntry(models.Model):
    """An order in the journal."""

    id = models.BigAutoField(primary_key=True)
    reference = models.TextField(unique=True)
    state = models.TextField()
    operation = models.TextField()
    request = models.TextField()  # JSON; a JSONField would turn amounts into floats
    fingerprint = models.TextField()
    server = models.TextField()
    private = models.BinaryField(null=True)
    sends = models.IntegerField()
    in_doubt = models.BooleanField()
    owner = models.TextField()
    lease_until = models.FloatField()
    order_id = models.BigIntegerField(null=True)
    note = models.TextField()
    created_at = models.FloatField()
    updated_at = models.FloatField()

    class Meta:  # noqa: D106 - Django's own
        app_label = "shop"
        indexes = [  # noqa: RUF012 - Django reads a list
            models.Index(fields=["created_at", "id"], name="journal_by_age"),
            models.Index(fields=["state", "created_at", "id"], name="journal_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.state})"


class DjangoJournal:
    """A journal of orders in the table of `JournalEntry`. Use it outside of `transaction.atomic`."""

    def __init__(self, encrypt: Cipher | None = None, decrypt: Cipher | None = None) -> None:
        self._encrypt = encrypt
        self._decrypt = decrypt

    def update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        """Replace the entry with this reference by what `change` returns, and commit before returning."""
        try:
            return self._update(reference, change)
        except IntegrityError:  # another process inserted the entry between the query and the insertion
            return self._update(reference, change)

    def _update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        with transaction.atomic(durable=True):  # a surrounding transaction could still roll the entry back
            row = JournalEntry.objects.select_for_update().filter(reference=reference).values().first()
            before = entry_from_row(row, self._decrypt) if row else None
            after = change(before)
            if after is None:
                return before
            columns = row_from_entry(after, before, self._encrypt)
            if row:
                JournalEntry.objects.filter(id=row["id"]).update(**columns)
            else:
                JournalEntry.objects.create(**columns)
            return entry_from_row({"private": None} | (row or {}) | columns, self._decrypt)

    def entries(self, state: State | str | None = None) -> Iterator[Entry]:
        """Iterate over the entries, or those in one state, oldest first."""
        rows = JournalEntry.objects.filter(**({} if state is None else {"state": State(state).value}))
        for row in rows.order_by("created_at", "id").values().iterator(chunk_size=500):
            yield entry_from_row(row, self._decrypt)
