-- urgent_compared: urgent events of a rolling run's window, in the output that has more of them. 0 where nobody counted.
ALTER TABLE comparison_kind
  ADD COLUMN urgent_compared BIGINT NOT NULL DEFAULT 0;

-- What a night's message says besides: urgent events that an output lacks, and copies dropped while its day was accepted.
ALTER TABLE report
  ADD COLUMN urgent_missing BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN dropped_copies BIGINT NOT NULL DEFAULT 0;
