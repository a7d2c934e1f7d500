-- A dead letter stays when somebody has dealt with it: the accounts are settled by it.
ALTER TABLE dead_letter
  ADD COLUMN state     VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'OPEN',
  ADD COLUMN closed_at DATETIME(3),
  ADD COLUMN closed_by VARCHAR(255),
  ADD COLUMN closed_because VARCHAR(1000);
