"""Who the service is to the platforms, in every benchmark and for every contender."""

APP, OA, KEY = "1000000000000000001", "2000000000000000001", "key-of-the-official-account"
SECRET, TOKEN = "secret-of-the-webhook", "123456:token-of-the-bot"
