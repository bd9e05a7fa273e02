"""The order journal: what a program is about to order, is ordering and has ordered, safe from a crash.

from octopus_cards.journal import Journal

with Journal.open("orders.db") as journal:
    for entry in journal.entries("REVIEW"):
        print(entry.reference, entry.note)
"""

from octopus_cards._engine.journal_entries import Entry, JournalStore, State
from octopus_cards.journal._errors import JournalError
from octopus_cards.journal._journal import Journal
from octopus_cards.journal._rows import entry_from_row, row_from_entry

__all__ = ["Entry", "Journal", "JournalError", "JournalStore", "State", "entry_from_row", "row_from_entry"]

# They name the module that users import them from.
Journal.__module__ = JournalError.__module__ = __name__
