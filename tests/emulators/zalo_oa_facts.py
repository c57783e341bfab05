"""What the API tells of citizens, of the OA itself and of what may still be sent (docs/zalo.md A3.4, A4)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.emulators.emulator import Json, read_object
from tests.emulators.zalo_oa_message import Refused, invalid
from tests.emulators.zalo_oa_user import OAUser

if TYPE_CHECKING:
    from tests.emulators.zalo_oa import ZaloOAEmulator


def detail(users: Mapping[str, OAUser], params: Json) -> Json:
    user_id = read_object(params.get("data", "")).get("user_id")
    if not isinstance(user_id, str):
        raise invalid("data")
    user = users.get(user_id)
    if user is None or (user.last_interaction is None and not user.follower):
        raise Refused(-213, "User has not followed OA")
    return user.profile()


def getoa(oa: "ZaloOAEmulator") -> Json:
    known = {"oaid": oa.oa_id, "name": "OA phường X", "description": "", "oa_alias": "", "oa_type": 4}
    known |= {"is_verified": oa.verified, "cate_name": "Cơ quan nhà nước", "num_follower": len(oa.users)}
    known |= {"avatar": "https://s120-ava-talk.zadn.vn/o.jpg", "cover": "", "package_name": "Nâng cao"}
    return known | {"package_valid_through_date": "10/10/2027", "linked_ZCA": ""}


def quota(users: Mapping[str, OAUser], params: Json) -> Any:
    """Two questions under one path: the window of a citizen, or the package of the OA."""
    if "quota_owner" in params:
        asset = {"product_type": params.get("product_type"), "quota_type": params.get("quota_type")}
        return [{**asset, "valid_through": "10/10/2027", "total": 0, "remain": 0}]  # assumption: the shape
    user = users.get(str(params.get("user_id")))
    if user is None:
        raise invalid("user_id")
    promotion = {"daily_remain": 0, "daily_total": 1, "monthly_remain": 4, "monthly_total": 6}
    # assumption: cs_reply is gone together with the limit of eight (A3.4)
    return {"last_interaction": str(user.last_interaction or 0), "promotion": promotion}
