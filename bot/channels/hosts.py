"""Allow-list of hosts: of the addresses that others give us only those of the platforms are called (against SSRF)."""

from urllib.parse import urlsplit


def is_allowed(url: str, allowed: str) -> bool:
    """Tell whether we may call an address that somebody else gave us.

    Args:
        allowed: separated by spaces: a host stands for itself and all below it, by https and on the usual port; an origin such
            as http://127.0.0.1:8080 for itself.
    """
    try:
        parts = urlsplit(url)
        host, origin = parts.hostname or "", f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    plain = parts.scheme == "https" and parts.netloc == host
    return any(origin == one or (plain and (host == one or host.endswith(f".{one}"))) for one in allowed.split())


def host_of(url: str) -> str:
    """Parse the host of an address, to be named in a log; "" for none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
