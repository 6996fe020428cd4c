"""Where each account is written to on a platform that begins no conversation by itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlmodel import Session, col, delete, select

from storage.models import ConversationPlace, UtcTime

AnyRow = Row[Any]
_PUT = text(
    "INSERT INTO conversation (account, conversation, service_url, tenant, seen_at)"
    " VALUES (:account, :conversation, :service_url, :tenant, :seen_at)"
    " ON CONFLICT (account) DO UPDATE SET conversation = excluded.conversation,"
    " service_url = excluded.service_url, tenant = excluded.tenant, seen_at = excluded.seen_at"
).bindparams(bindparam("seen_at", type_=UtcTime))


def of(session: Session, account: str) -> AnyRow | None:
    """Where an account was last seen."""
    query = select(ConversationPlace).where(col(ConversationPlace.account) == account)
    return session.connection().execute(query).first()


def last_service_url(session: Session) -> str | None:
    """The service URL of whoever was seen last."""
    query = select(ConversationPlace.service_url).order_by(col(ConversationPlace.seen_at).desc()).limit(1)
    return session.connection().execute(query).scalar()


def put(session: Session, account: str, place: tuple[str, str, str], now: datetime) -> None:
    """Keep where an account is: conversation, service URL, tenant."""
    conversation, service_url, tenant = place
    values = {"account": account, "conversation": conversation, "service_url": service_url}
    session.connection().execute(_PUT, {**values, "tenant": tenant, "seen_at": now})


def forget(session: Session, account: str, conversation: str | None = None) -> bool:
    """Forget where an account is, or only that it is in this conversation; False where it wasn't known."""
    gone = delete(ConversationPlace).where(col(ConversationPlace.account) == account)
    if conversation is not None:
        gone = gone.where(col(ConversationPlace.conversation) == conversation)
    return session.connection().execute(gone).rowcount > 0


def forget_unseen(session: Session, before: datetime) -> int:
    """Forget where those are who were last seen before that; returns how many."""
    gone = delete(ConversationPlace).where(col(ConversationPlace.seen_at) < before)
    return session.connection().execute(gone).rowcount
