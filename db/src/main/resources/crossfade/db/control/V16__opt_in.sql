-- Whether what a client asks for by a _v2 endpoint is heeded is a flag of its own. NULL: by a release that knew no such
-- flag and left it as it was; before any change says more, it is on. In columns of their own: an older release reads
-- the other two flags only where nothing stands beside them.
ALTER TABLE rollout_change
  ADD COLUMN opt_in_before BOOLEAN,
  ADD COLUMN opt_in_after BOOLEAN;
