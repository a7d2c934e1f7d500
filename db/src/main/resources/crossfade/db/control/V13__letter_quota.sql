-- Dead letters have a quota by source: what they take is asked of an index, and closed ones make room first.
ALTER TABLE dead_letter
  ADD COLUMN body_bytes INT UNSIGNED AS (LENGTH(body)) STORED,
  ADD KEY by_source (source, state, closed_at, body_bytes),
  ADD KEY by_place (last_at, source, dead_key),
  DROP KEY by_last_at;

-- because: LETTER_OVER_QUOTA when the output refused it and there was no room for its letter; NULL otherwise.
ALTER TABLE lost_record
  ADD COLUMN because VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin;
