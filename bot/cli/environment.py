"""What the environment and .env say beside the settings: slips that no single value shows, and servers that are trusted."""

import difflib
import ipaddress
import os
from collections import Counter
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.settings import Settings, read_env_file

_CLOSE = 0.75  # how alike a misspelt setting is to what was meant, 0 to 1


def unknown_settings() -> list[str]:
    """List variables that look like settings and are none: most often a slip, and what was meant is not set."""
    names = {*os.environ, *(binding.key or "" for binding in read_env_file())}
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in names if name.upper().startswith("MOTCUA_") and name.upper() not in known)


def settings_without_prefix() -> list[str]:
    """List settings in .env that lack their MOTCUA_: they set nothing."""
    known = {name.upper() for name in Settings.model_fields} - {"HOST", "PORT", "SECRET"}  # which others may read
    return sorted(binding.key for binding in read_env_file() if binding.key and binding.key.upper() in known)


def settings_without_value() -> list[str]:
    """List settings in .env that have no = behind them: they set nothing."""
    return sorted(binding.key for binding in read_env_file() if binding.key and binding.value is None)


def settings_set_twice() -> list[str]:
    """List settings that stand in .env more than once: the last of them counts."""
    counts = Counter(binding.key for binding in read_env_file() if binding.key)
    return sorted(name for name, count in counts.items() if count > 1)


def secrets_shared(chosen: Settings) -> list[str]:
    """List settings whose secret another one has too: who is told the one knows the other."""
    found = {f"MOTCUA_{name.upper()}": value for name, value in chosen if isinstance(value, SecretStr) and value}
    counts = Counter(value.get_secret_value() for value in found.values())
    return sorted(name for name, value in found.items() if counts[value.get_secret_value()] > 1)


def proxies_trusted() -> str | None:
    """Return the web servers whose word on a sender's address is taken: uvicorn's own setting, which may stand in .env too."""
    in_file = {binding.key: binding.value for binding in read_env_file()}
    return os.environ.get("FORWARDED_ALLOW_IPS") or in_file.get("FORWARDED_ALLOW_IPS") or None


def nearest_setting(name: str) -> str:
    """Guess the setting that was probably meant, or ""."""
    known = [f"MOTCUA_{field.upper()}" for field in Settings.model_fields]
    return next(iter(difflib.get_close_matches(name.upper(), known, 1, cutoff=_CLOSE)), "")


def problem_of_address(url: str) -> str:
    """Say what keeps platforms and people from using an address as it is, in words for the operator; "" for nothing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return f"“{url}” không phải địa chỉ"
    if parts.scheme != "https" and host not in ("localhost", "127.0.0.1"):
        return f"“{url}” không bắt đầu bằng https://, nền tảng nào cũng đòi https"
    if not host or any(ch.isspace() for ch in url):
        return f"“{url}” không phải địa chỉ"
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        return f"“{url}” có phần thừa sau tên miền" if not parts.username else f"“{url}” có tên người dùng"
    if port == 0:
        return f"“{url}” không phải địa chỉ"
    return "" if _may_be_reached(host) else f"“{url}” không ai ở ngoài mạng nhà gọi tới được"


def _may_be_reached(host: str) -> bool:
    """Tell whether others may reach a host by this name; this machine's own stays good for trying out."""
    if host in ("localhost", "127.0.0.1"):
        return True
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".lan", ".internal"))
