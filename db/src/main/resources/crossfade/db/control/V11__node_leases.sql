-- Until when a router that has fallen silent keeps its node number depends on how long it had renewed it. NULL for
-- those from before, which never did.
ALTER TABLE acceptance_node
  ADD COLUMN renewed_at DATETIME(3);
