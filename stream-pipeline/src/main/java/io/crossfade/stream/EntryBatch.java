package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Output;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RouteReason;
import io.lettuce.core.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one stream that were read together, decoded and ready to be written.
 *
 * @param ids of all entries, in the order of the stream
 * @param entries those that hold a record
 * @param unreadable those that do not
 * @param batch the records of the entries
 */
record EntryBatch(
    StreamName stream,
    List<String> ids,
    List<Entry> entries,
    List<Unreadable> unreadable,
    Output.Batch batch) {

  /** An entry and the record that it holds. */
  record Entry(String id, AcceptedRecord accepted) {}

  /** An entry that no release wrote, and why it cannot be read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Unreadable(String id, byte[] bytes, String reason) {}

  /**
   * Decodes what one read brought.
   *
   * @param keys of the streams that were read
   * @return a batch for each stream that has entries, in the order of the streams
   */
  static List<EntryBatch> of(
      List<StreamName> streams,
      Function<StreamName, String> keys,
      List<StreamMessage<byte[], byte[]>> messages) {
    List<EntryBatch> batches = new ArrayList<>();
    for (StreamName stream : streams) {
      byte[] key = keys.apply(stream).getBytes(StandardCharsets.UTF_8);
      List<StreamMessage<byte[], byte[]>> own =
          messages.stream().filter(message -> Arrays.equals(message.getStream(), key)).toList();
      if (!own.isEmpty()) {
        batches.add(of(stream, own));
      }
    }
    return batches;
  }

  private static EntryBatch of(StreamName stream, List<StreamMessage<byte[], byte[]>> messages) {
    List<Entry> entries = new ArrayList<>(messages.size());
    List<Unreadable> unreadable = new ArrayList<>();
    for (StreamMessage<byte[], byte[]> message : messages) {
      byte[] bytes = bytes(message);
      try {
        entries.add(new Entry(message.getId(), RecordCodec.decode(bytes)));
      } catch (RecordCodec.UnreadableEntryException e) {
        unreadable.add(new Unreadable(message.getId(), bytes, String.valueOf(e.getMessage())));
      }
    }
    return new EntryBatch(
        stream,
        messages.stream().map(StreamMessage::getId).toList(),
        entries,
        unreadable,
        Output.prepare(entries.stream().map(Entry::accepted).toList()));
  }

  /** The entry that holds this very record. */
  String id(AcceptedRecord accepted) {
    return entries.stream()
        .filter(entry -> entry.accepted() == accepted)
        .map(Entry::id)
        .findFirst()
        .orElseThrow();
  }

  int size() {
    return ids.size();
  }

  /** Whether the stream serves any of the records: the others are copies. */
  boolean served() {
    return entries.stream()
        .anyMatch(entry -> entry.accepted().acceptance().reason() != RouteReason.MIRROR);
  }

  private static byte[] bytes(StreamMessage<byte[], byte[]> message) {
    Map<byte[], byte @Nullable []> body = message.getBody();
    // Entries have one field; one that somebody else added without it is unreadable, and kept.
    return body == null || body.isEmpty() ? new byte[0] : body.values().iterator().next();
  }
}
