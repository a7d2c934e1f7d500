-- What needs a person is counted by all who look, all day long, whatever there is of it.

-- Those of a kind that were found lately, with the ids to count.
ALTER TABLE lost_record ADD KEY by_found_at (kind, found_at);

-- breaker: how the router's breaker before Redis stands, by name. fullest_queue: percent of the fullest of its memory
-- queues. Both NULL by a release that did not say: not known, which is neither closed nor empty.
ALTER TABLE router_instance
  ADD COLUMN breaker       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin,
  ADD COLUMN fullest_queue SMALLINT;

-- Of the rows left alone, those that had changed since the run.
ALTER TABLE repair ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;

-- Rows that a repair was to act on, whether it had to touch them or not: what verifies it looks at these. A row may be
-- of several repairs. Goes with its difference.
CREATE TABLE repair_row (
  comparison_id  BIGINT      NOT NULL,
  table_name     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id             BINARY(16)  NOT NULL,
  repair_id      BIGINT      NOT NULL,
  PRIMARY KEY (comparison_id, table_name, id, repair_id),
  FOREIGN KEY (comparison_id, table_name, id) REFERENCES difference (comparison_id, table_name, id) ON DELETE CASCADE
) ENGINE = InnoDB;
INSERT INTO repair_row (comparison_id, table_name, id, repair_id)
  SELECT comparison_id, table_name, id, selected_by FROM difference WHERE selected_by IS NOT NULL;
ALTER TABLE difference DROP COLUMN selected_by;
