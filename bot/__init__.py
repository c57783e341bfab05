"""Everything with effects, around the engine: channels, storage, delivery, people."""
