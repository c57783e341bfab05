"""Pictures and files on Zalo's servers. Their addresses come in events, and may be good for a while only."""

from urllib.parse import urljoin

from bot.channels.client import Client, NoAnswer
from bot.channels.hosts import host_of, is_allowed
from bot.errors import Refused, TryAgain

_ELSEWHERE = (301, 302, 303, 307, 308)
_HOPS = 4  # addresses that are asked one after the other: Zalo moves files among its own hosts
_AS_IT_IS = {"Accept-Encoding": "identity"}  # a little that unpacks to very much would fill the memory


async def fetched(client: Client, url: str, hosts: str, limit: int) -> bytes:
    """Fetch a file from Zalo's hosts.

    Raises:
        Refused: it is gone, larger than `limit` bytes, or not on one of these hosts, not even after being sent on.
        TryAgain: the server does not answer.
    """
    for _ in range(_HOPS):
        if not is_allowed(url, hosts):
            raise Refused(f"zalo: a file on {host_of(url)}, which MOTCUA_ZALO_MEDIA does not name")
        content = bytearray()
        asked = client.request("GET", url, headers=_AS_IT_IS, auto_decompress=False, timeout=client.each_step)
        try:
            async with asked as answer:
                if answer.status in _ELSEWHERE and (to := answer.headers.get("location")):
                    url = urljoin(url, to)
                    continue
                if answer.status != 200:
                    raise Refused(f"zalo: {answer.status} for a file")
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if len(content) > limit:
                        raise Refused(f"zalo: a file of more than {limit} bytes")
        except NoAnswer as error:
            raise TryAgain(f"zalo: {error}") from None
        return bytes(content)
    raise Refused(f"zalo: a file that is sent on more than {_HOPS} times")
