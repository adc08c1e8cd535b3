"""How a receipt and a refused row read in an answer. Hits are no matter of a reader's."""

from __future__ import annotations

from typing import Any

from detections.ingest import Receipt, RefusedRow


def of_batch(receipt: Receipt) -> dict[str, Any]:
    """The receipt as the reader sees it, with the conflicts and the rows that were refused."""
    transfer = receipt.transfer
    return {
        "receipt": {
            "id": transfer.pk,
            "sha256": transfer.batch_sha256,
            "received_at": transfer.received_at,
            "accepted": transfer.accepted,
            "duplicates": transfer.duplicates,
            "refused": transfer.refused,
        },
        "conflicts": [
            {"sender_id": name, "reason": "Another read came under this id before; it is kept."}
            for name in receipt.conflicts
        ],
        "refused": [of_refused(row) for row in receipt.refused],
    }


def of_refused(row: RefusedRow) -> dict[str, Any]:
    """A row that was not stored: its place in the batch, its sender's id, and why."""
    return {"index": row.index, "sender_id": row.sender_id, "reasons": row.reasons}


def status_of(*receipts: Receipt) -> int:
    """201 with something new, 200 where all of it was here before, 409 where there were conflicts alone."""
    stood = any(one.transfer.accepted or one.transfer.duplicates for one in receipts)
    return (201 if any(one.fresh for one in receipts) else 200) if stood else 409
