"""Commands for the team: who is in it, and the codes with which they come in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, TypeVar

import typer
from sqlalchemy import select

from bot.cli.common import fail, open_service, write
from bot.console import second_factor, sessions
from bot.console.auth import join_link
from bot.handoff import agents, audit, bans, ticket_actions, ticket_lists, tickets
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent, Role
from bot.handoff.team import Team
from bot.handoff.tickets import Ticket
from bot.service import Service
from bot.store.tables import content_feedback
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.text.language import fold

app = typer.Typer(no_args_is_help=True, help="Người của tổ công nghệ số cộng đồng.")

T = TypeVar("T")
_OPERATOR = "motcua"  # who it was, for what is done from the command line
_NOTES = 200  # that are shown
_SHOWN = 30  # numbers of tickets that are shown
_KINDS = {
    "wrong": "sai",
    "tip": "mẹo",
    "phrase": "cách nói",
    "unclear": "chưa hiểu",
    "returned": "bị trả lại",
    "answer": "câu trả lời",
}
_ROLES = {"member": "thành viên", "lead": "trưởng nhóm", "admin": "quản trị"}

Name = Annotated[str, typer.Argument(help="Tên như mọi người gọi nhau, mỗi người một tên: “Lan”.")]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="member: thành viên; lead: trưởng nhóm; admin: quản trị.")] = "member",
    commune: Annotated[list[str] | None, typer.Option(help="Mã xã; nhắc lại cho nhiều xã. Không có: mọi xã.")] = None,
    speaks: Annotated[
        list[str] | None, typer.Option(help="Tiếng nói được ngoài tiếng Việt, như tay, dao; nhắc lại cho nhiều tiếng.")
    ] = None,
) -> None:
    """Thêm một người, in địa chỉ và mã để vào tổ."""
    service = open_service()
    served = tuple(dict.fromkeys(commune or ()))
    if unknown := [id_ for id_ in served if id_ not in service.content.library.communes]:
        known = ", ".join(service.content.library.communes)
        raise fail(f"Không có xã “{unknown[0]}”. Các xã: {known}")
    languages, spoken = (
        service.content.library.team.languages,
        {fold(said).replace(" ", "-"): said for said in speaks or ()},
    )
    if strange := [said for id_, said in spoken.items() if id_ not in languages]:
        known = ", ".join(f"{id_} ({language.name})" for id_, language in languages.items())
        raise fail(f"Không có tiếng “{strange[0]}”. Các tiếng: {known}")
    if agents.fold_name(name) in service.team.speakers:
        raise fail(f"“{name}” là tên chỉ máy hoặc bà con: chọn tên khác.")

    def work(tx: Tx) -> tuple[Agent, str]:
        agent = agents.add_agent(tx, name, role, served)
        agents.keep_speaks(tx, agent, spoken)
        audit.record_audit(tx, _OPERATOR, "added", agent.name, audit.commune_of(agent))
        return agent, agents.make_invitation(tx, agent)

    _show(service, *write(service, work, names=True))


@app.command()
def invite(name: Name) -> None:
    """In địa chỉ và mã mới, cho ai quên mật khẩu hay nối thêm kênh; mã cũ thôi dùng được."""
    service = open_service()

    def work(tx: Tx) -> tuple[Agent, str]:
        agent = agents.find_by_name(tx, name)
        audit.record_audit(tx, _OPERATOR, "invited", agent.name, audit.commune_of(agent))
        return agent, agents.make_invitation(tx, agent)

    _show(service, *write(service, work, names=True))


@app.command(name="list")
def list_() -> None:
    """Xem trong tổ có những ai."""
    service = open_service()
    found = write(service, lambda tx: [(agent, agents.list_chats(tx, agent)) for agent in agents.list_all(tx)])
    for agent, chats in found:
        communes = ", ".join(agent.communes) or "mọi xã"
        working = ", ".join(chat.channel for chat in chats) or "chưa nối kênh nào"
        spoken = service.content.library.team.name_languages(agent.speaks)
        typer.echo(" · ".join(filter(None, (agent.name, _ROLES[agent.role], communes, working, spoken))))
    if not found:
        typer.echo("Tổ chưa có ai. Thêm bằng `motcua team add Lan`.")


@app.command()
def remove(name: Name) -> None:
    """Đưa một người ra khỏi tổ; phiếu của họ về lại cho cả tổ."""
    service = open_service()

    def work(tx: Tx) -> Agent:
        agent = agents.find_by_name(tx, name)
        service.team.remove_member(tx, agent, _OPERATOR)
        sessions.end_all(tx, agent)
        return agent

    typer.echo(f"{write(service, work).name} không còn trong tổ.")


@app.command()
def signout(name: Name) -> None:
    """Đăng xuất một người khỏi mọi máy và bỏ lớp khoá thứ hai, khi mất điện thoại. Rồi mời lại để họ đặt mật khẩu mới."""

    def work(tx: Tx) -> int:
        agent = agents.find_by_name(tx, name)
        audit.record_audit(tx, _OPERATOR, "signed out", agent.name, audit.commune_of(agent))
        second_factor.drop_key(tx, agent)
        return sessions.end_all(tx, agent)

    count = write(open_service(), work)
    typer.echo(f"{name} đã ra khỏi {count} máy.")


@app.command()
def block(
    ticket: Annotated[int, typer.Argument(help="Số phiếu của người đó.")],
    reason: Annotated[str, typer.Option(help="Vì sao; trưởng nhóm khác đọc được.")],
) -> None:
    """Không nhận phiếu của một người phá rối nữa; máy vẫn giúp họ làm thủ tục."""

    def work(team: Team, tx: Tx) -> str | None:
        found = tickets.get(tx, ticket)
        return team.ban(Acting(tx, found, _OPERATOR), reason) if found else f"Không có phiếu {ticket}."

    _do(work)
    typer.echo(f"Đã chặn người của phiếu {ticket}. Gỡ: motcua team unblock {ticket}")


@app.command()
def unblock(ticket: Annotated[int, typer.Argument(help="Số phiếu của người đó.")]) -> None:
    """Lại nhận phiếu của người này."""
    _do(lambda team, tx: ticket_actions.unban(team.sender, tx, ticket, _OPERATOR))
    typer.echo(f"Đã bỏ chặn người của phiếu {ticket}.")


@app.command()
def blocked() -> None:
    """Xem ai đang bị chặn, vì sao."""
    found = write(open_service(), bans.list_bans)
    for one in found:
        typer.echo(f"phiếu {one.ticket_id} · {one.who} · {one.at.astimezone(VIETNAM):%d/%m/%Y} · {one.reason}")
    if not found:
        typer.echo("Không ai bị chặn.")


@app.command()
def flood(
    minutes: Annotated[int, typer.Option(min=1, help="Phiếu tới trong chừng này phút vừa qua.")],
    channel: Annotated[str, typer.Option(help="Kênh bị phá: web, telegram, zalo-bot, zalo-oa.")] = "web",
    end: Annotated[bool, typer.Option("--end", help="Khép các phiếu ấy. Không có: chỉ kể ra.")] = False,
) -> None:
    """Khép một lần nhiều phiếu phá rối: tới dồn dập, chưa ai nhận. Phiếu báo nguy không bao giờ bị khép."""
    service = open_service()

    def work(tx: Tx) -> list[Ticket]:
        found = ticket_lists.list_flood(tx, channel, timedelta(minutes=minutes))
        for ticket in found if end else ():
            ticket_actions.end_as_spam(service.sender, Acting(tx, ticket, _OPERATOR))
        return found

    found = write(service, work)
    numbers = ", ".join(str(ticket.id) for ticket in found[:_SHOWN])
    typer.echo(f"{'Đã khép' if end else 'Sẽ khép'} {len(found)} phiếu: {numbers}{', …' if len(found) > _SHOWN else ''}")


def _do(act: Callable[[Team, Tx], str | None]) -> None:
    service = open_service()
    if problem := write(service, lambda tx: act(service.team, tx)):
        raise fail(problem)


@app.command()
def notes() -> None:
    """Xem điều gửi cho người viết nội dung, mới nhất ở trên: chỗ máy chỉ sai, mẹo, lời chưa hiểu, vì sao hồ sơ bị trả lại."""
    service = open_service()
    query = select(content_feedback).order_by(content_feedback.c.id.desc()).limit(_NOTES)
    found = write(service, lambda tx: tx.execute(query).all())
    for note in found:
        day = note.at.astimezone(VIETNAM)
        kind = _KINDS.get(note.kind, note.kind)
        where = f"{note.commune or '…'} · {note.procedure or '…'} · bước {note.step or '…'}"
        typer.echo(f"{day:%d/%m/%Y} · {kind} · {where} · {note.who}: {note.text}")
    if not found:
        typer.echo("Chưa ai báo chỗ nào sai.")


def _show(service: Service, agent: Agent, code: str) -> None:
    typer.echo(f"{agent.name} mở địa chỉ này và chọn mật khẩu, để trả lời bà con trên web:\n")
    typer.echo(f"  {join_link(service.settings, code)}\n")
    typer.echo(f"Hoặc gửi mã này cho máy, trong chat riêng trên Zalo hay Telegram, để trả lời ở đó:\n\n  {code}\n")
    if "telegram" in service.channels and (link := service.channels["telegram"].link(code)):
        typer.echo(f"  {link}\n")
    typer.echo(f"Mã dùng một lần, trong {agents.INVITED.days} ngày. Ai có mã là vào được tổ, nên gửi riêng.")
