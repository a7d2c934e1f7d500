package io.crossfade.stream;

import io.crossfade.db.ForeignEntry;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An entry as it lies in its stream, of which no more is read than is safe.
 *
 * @param fields its names and values, the long ones cut off
 * @param bytes of all of its values
 * @param kept of these
 */
record ClippedEntry(List<ForeignEntry.Field> fields, long bytes, long kept) {

  /** Kept of an entry at most, bytes. */
  static final int MOST = 64 * 1024;

  private static final int MOST_FIELDS = 64;

  static final String SCRIPT =
      """
      local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
      if not entry then return {} end
      local left, bytes, fields = tonumber(ARGV[2]), 0, {}
      for i = 1, #entry[2], 2 do
        local value = entry[2][i + 1]
        bytes = bytes + #value
        if #fields < 2 * tonumber(ARGV[3]) then
          fields[#fields + 1] = string.sub(entry[2][i], 1, 1024)
          fields[#fields + 1] = string.sub(value, 1, left)
          left = math.max(0, left - #value)
        end
      end
      return {bytes, fields}
      """;

  static byte[][] arguments(String id) {
    return new byte[][] {
      StreamReader.bytes(id),
      StreamReader.bytes(String.valueOf(MOST)),
      StreamReader.bytes(String.valueOf(MOST_FIELDS))
    };
  }

  /** Reads what {@link #SCRIPT} answers for an entry that exists. */
  static ClippedEntry of(List<Object> answer) {
    List<?> list = (List<?>) answer.get(1);
    List<ForeignEntry.Field> fields = new ArrayList<>();
    long kept = 0;
    for (int i = 0; i + 1 < list.size(); i += 2) {
      byte[] value = (byte[]) list.get(i + 1);
      kept += value.length;
      fields.add(new ForeignEntry.Field((byte[]) list.get(i), value));
    }
    return new ClippedEntry(fields, (Long) answer.get(0), kept);
  }

  /** The letter about it, under the record's own id where that can be read. */
  Letter letter(Kind kind, String reason, int attempts) {
    String why =
        kept == bytes ? reason : "%s; %d of its %d bytes are kept".formatted(reason, kept, bytes);
    for (ForeignEntry.Field field : fields) {
      if (Arrays.equals(field.name(), AppendConnection.FIELD)) {
        byte[] body = field.value();
        return RecordCodec.beginning(body)
            .map(
                acceptance ->
                    new Letter(
                        Source.STREAM,
                        acceptance.id(),
                        kind,
                        why,
                        attempts,
                        BodyFormat.ENTRY,
                        body))
            .orElseGet(
                () ->
                    Letter.unreadable(Source.STREAM, kind, why, attempts, BodyFormat.ENTRY, body));
      }
    }
    return Letter.unreadable(
        Source.STREAM, kind, why, attempts, BodyFormat.JSON, ForeignEntry.json(fields));
  }
}
