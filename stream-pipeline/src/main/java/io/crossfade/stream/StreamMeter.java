package io.crossfade.stream;

/**
 * Every meter of the stream path, with its tags. The tag stream is that of a whole stream: of its
 * partitions entries, bytes and counts are the sum, and ages the greatest.
 */
public enum StreamMeter {
  APPENDED("crossfade.stream.appended", "Records that Redis confirmed; tag stream"),
  APPEND_FAILED("crossfade.stream.append.failed", "Records that Redis did not confirm; tag stream"),
  APPEND(
      "crossfade.stream.append",
      "How long until Redis confirmed an append; copies gather before, for up to 10 ms"),
  IN_FLIGHT("crossfade.stream.in.flight", "Appends waiting for Redis; tag lane: served or copies"),
  READ("crossfade.stream.read", "Entries that consumers read; tag stream"),
  CLAIMED("crossfade.stream.claimed", "Entries taken over from a dead consumer; tag stream"),
  WRITTEN(
      "crossfade.stream.written", "Records that a batch committed, repeats included; tag stream"),
  VALIDATED("crossfade.stream.validated", "Records checked and not written; tag stream"),
  DEAD("crossfade.stream.dead", "Entries kept in the dead letters; tag stream"),
  RETRIES(
      "crossfade.stream.retries",
      "Batches written again: the database was away, or did not say why; tag kind"),
  WRITE("crossfade.stream.write", "How long a batch took to commit; tag kind"),
  BATCH_SIZE("crossfade.stream.batch.size", "Entries a consumer asks for at once; tag kind"),
  ACCEPT_TO_ROW("crossfade.stream.accept.to.row", "From acceptance to the committed row; tag kind"),
  CONSUMERS("crossfade.stream.consumers", "Consumers running in this process; tag kind"),
  LENGTH("crossfade.stream.length", "Entries in the stream; tag stream"),
  PENDING("crossfade.stream.pending", "Entries read and not acknowledged; tag stream"),
  WAITING("crossfade.stream.waiting", "Entries no consumer has read; tag stream"),
  OLDEST_UNACKNOWLEDGED(
      "crossfade.stream.oldest.unacknowledged",
      "Time since the oldest acceptance whose row is not committed, s; tag stream"),
  OLDEST_PENDING(
      "crossfade.stream.oldest.pending",
      "Time since the oldest acceptance that was read and not acknowledged, s; tag stream"),
  DELIVERIES(
      "crossfade.stream.deliveries", "How often that entry was given to a consumer; tag stream"),
  AHEAD(
      "crossfade.stream.ahead",
      "How far a stream's last id is ahead of Redis' clock, s; tag stream"),
  OVERDUE(
      "crossfade.stream.overdue",
      "How much older than the retention the oldest entry is, s; tag stream"),
  BYTES("crossfade.stream.bytes", "Memory of Redis that the stream takes, bytes; tag stream"),
  TRIMMED(
      "crossfade.stream.trimmed", "Acknowledged entries trimmed after the retention; tag stream");

  private final String id;
  private final String description;

  StreamMeter(String id, String description) {
    this.id = id;
    this.description = description;
  }

  public String id() {
    return id;
  }

  public String description() {
    return description;
  }
}
