package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a record: in stream entries and dead letters. One CBOR array (RFC 8949) of
 * positional values that starts with the version of the layout; decimals are integers of their
 * column's scale, times are seconds of local time. What was written once is decoded for ever: a new
 * layout takes a new version.
 */
public final class RecordCodec {

  /** An entry that no version of this codec wrote. */
  public static final class UnreadableEntryException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableEntryException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    /** Whether a newer definition of its kind can read it. */
    public boolean isNewer() {
      return getCause() instanceof NewerFieldException;
    }
  }

  static final int VERSION = 1;
  private static final int TYPICAL_LENGTH = 256;

  /** A pool and no thread-locals: virtual threads are new with every request. */
  private static final CBORFactory CBOR =
      CBORFactory.builder().recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool()).build();

  private RecordCodec() {}

  public static byte[] encode(AcceptedRecord accepted) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_LENGTH);
    try (JsonGenerator out = CBOR.createGenerator(bytes)) {
      out.writeStartArray();
      out.writeNumber(VERSION);
      out.writeNumber(accepted.kind().code());
      out.writeBinary(accepted.acceptance().id().bytes());
      out.writeNumber(accepted.acceptance().stamp());
      out.writeNumber(accepted.acceptance().reason().ordinal());
      out.writeString(accepted.deviceSn());
      out.writeNumber(accepted.timestamp().toEpochSecond(ZoneOffset.UTC));
      accepted.kind().definition().write(out, accepted);
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("A byte array refuses nothing", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote, in this or any earlier version.
   *
   * @throws UnreadableEntryException when the bytes are not such an entry
   */
  public static AcceptedRecord decode(byte[] entry) throws UnreadableEntryException {
    try (JsonParser in = CBOR.createParser(entry)) {
      if (in.nextToken() != JsonToken.START_ARRAY || in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new UnreadableEntryException(
            "No entry: not an array that starts with a version", null);
      }
      int version = in.getIntValue();
      if (version != VERSION) {
        throw new UnreadableEntryException(
            "Entry of version %d; this release reads up to %d".formatted(version, VERSION), null);
      }
      return readV1(in);
    } catch (NewerFieldException e) {
      throw new UnreadableEntryException(String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      throw new UnreadableEntryException("Damaged entry: " + e.getClass().getSimpleName(), e);
    }
  }

  /**
   * The acceptance of an entry of which only the beginning is at hand: some 30 bytes are enough.
   *
   * @return empty when no release wrote it
   */
  public static Optional<Acceptance> beginning(byte[] entry) {
    try (JsonParser in = CBOR.createParser(entry)) {
      if (in.nextToken() != JsonToken.START_ARRAY
          || requiredInt(in) != VERSION
          || Kind.ofCode(requiredInt(in)).isEmpty()) {
        return Optional.empty();
      }
      RecordId id = RecordId.of(requiredBytes(in));
      long stamp = requiredLong(in);
      return Optional.of(new Acceptance(id, stamp, RouteReason.values()[requiredInt(in)]));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static AcceptedRecord readV1(JsonParser in) throws IOException {
    Kind kind = Kind.ofCode(requiredInt(in)).orElseThrow();
    RecordId id = RecordId.of(requiredBytes(in));
    long stamp = requiredLong(in);
    RouteReason reason = RouteReason.values()[requiredInt(in)];
    Acceptance acceptance = new Acceptance(id, stamp, reason);
    String deviceSn = requiredText(in);
    LocalDateTime timestamp = LocalDateTime.ofEpochSecond(requiredLong(in), 0, ZoneOffset.UTC);
    return kind.definition().read(in, acceptance, deviceSn, timestamp);
  }

  private static int requiredInt(JsonParser in) throws IOException {
    in.nextToken();
    return in.getIntValue();
  }

  private static long requiredLong(JsonParser in) throws IOException {
    in.nextToken();
    return in.getLongValue();
  }

  private static byte[] requiredBytes(JsonParser in) throws IOException {
    in.nextToken();
    return in.getBinaryValue();
  }

  private static String requiredText(JsonParser in) throws IOException {
    if (in.nextToken() != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException("Text expected");
    }
    return in.getText();
  }
}
