package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
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
    UnreadableEntryException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  static final int VERSION = 1;
  private static final int TEMPERATURE_SCALE = 2;
  private static final int DEGREE_SCALE = 6;
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
      out.writeNumber(accepted.kind().ordinal());
      out.writeBinary(accepted.acceptance().id().bytes());
      out.writeNumber(accepted.acceptance().stamp());
      out.writeNumber(accepted.acceptance().reason().ordinal());
      out.writeString(accepted.deviceSn());
      out.writeNumber(accepted.timestamp().toEpochSecond(ZoneOffset.UTC));
      switch (accepted) {
        case HealthData data -> write(out, data);
        case DeviceInfo info -> write(out, info);
        case CommonEvent event -> write(out, event);
      }
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
          || requiredInt(in) >= Kind.values().length) {
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
    Kind kind = Kind.values()[requiredInt(in)];
    RecordId id = RecordId.of(requiredBytes(in));
    long stamp = requiredLong(in);
    RouteReason reason = RouteReason.values()[requiredInt(in)];
    Acceptance acceptance = new Acceptance(id, stamp, reason);
    String deviceSn = requiredText(in);
    LocalDateTime timestamp = LocalDateTime.ofEpochSecond(requiredLong(in), 0, ZoneOffset.UTC);
    return switch (kind) {
      case HEALTH -> readHealth(in, acceptance, deviceSn, timestamp);
      case DEVICE -> readDevice(in, acceptance, deviceSn, timestamp);
      case EVENT -> readEvent(in, acceptance, deviceSn, timestamp);
    };
  }

  private static void write(JsonGenerator out, HealthData data) throws IOException {
    write(out, data.owner());
    write(out, data.heartRate());
    write(out, data.bloodOxygen());
    write(out, data.temperature(), TEMPERATURE_SCALE);
    write(out, data.pressureHigh());
    write(out, data.pressureLow());
    write(out, data.stress());
    write(out, data.step());
    write(out, data.distance());
    write(out, data.calorie());
    write(out, data.sleep());
    write(out, data.position());
    out.writeString(data.uploadMethod());
    for (Map.Entry<FactType, String> fact : data.facts().entrySet()) {
      out.writeNumber(fact.getKey().ordinal());
      out.writeString(fact.getValue());
    }
  }

  private static HealthData readHealth(
      JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException {
    return new HealthData(
        acceptance,
        deviceSn,
        timestamp,
        readOwner(in),
        readInt(in),
        readInt(in),
        readDecimal(in, TEMPERATURE_SCALE),
        readInt(in),
        readInt(in),
        readInt(in),
        readInt(in),
        readDouble(in),
        readDouble(in),
        readDouble(in),
        readPosition(in),
        readText(in),
        readFacts(in));
  }

  private static Map<FactType, String> readFacts(JsonParser in) throws IOException {
    Map<FactType, String> facts = new EnumMap<>(FactType.class);
    while (in.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      facts.put(FactType.values()[in.getIntValue()], requiredText(in));
    }
    return facts;
  }

  private static void write(JsonGenerator out, DeviceInfo info) throws IOException {
    write(out, info.owner());
    out.writeString(info.systemSoftwareVersion());
    out.writeString(info.wifiAddress());
    out.writeString(info.bluetoothAddress());
    out.writeString(info.ipAddress());
    out.writeString(info.networkAccessMode());
    out.writeString(info.deviceName());
    out.writeString(info.imei());
    write(out, info.batteryLevel());
    write(out, info.voltage());
    out.writeNumber(info.chargingStatus().ordinal());
    out.writeNumber(info.wearableStatus().ordinal());
    out.writeString(info.status());
  }

  private static DeviceInfo readDevice(
      JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException {
    return new DeviceInfo(
        acceptance,
        deviceSn,
        timestamp,
        readOwner(in),
        readText(in),
        readText(in),
        readText(in),
        readText(in),
        readText(in),
        readText(in),
        readText(in),
        readInt(in),
        readInt(in),
        DeviceInfo.ChargingStatus.values()[requiredInt(in)],
        DeviceInfo.WearableStatus.values()[requiredInt(in)],
        readText(in));
  }

  private static void write(JsonGenerator out, CommonEvent event) throws IOException {
    write(out, event.owner());
    out.writeString(event.eventType());
    out.writeString(event.eventValue());
    out.writeBoolean(event.urgent());
    write(out, event.position());
  }

  private static CommonEvent readEvent(
      JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException {
    return new CommonEvent(
        acceptance,
        deviceSn,
        timestamp,
        readOwner(in),
        requiredText(in),
        readText(in),
        requiredBoolean(in),
        readPosition(in));
  }

  private static void write(JsonGenerator out, Owner owner) throws IOException {
    write(out, owner.customerId());
    write(out, owner.orgId());
    write(out, owner.userId());
  }

  private static Owner readOwner(JsonParser in) throws IOException {
    return new Owner(readLong(in), readLong(in), readLong(in));
  }

  private static void write(JsonGenerator out, Position position) throws IOException {
    write(out, position.latitude(), DEGREE_SCALE);
    write(out, position.longitude(), DEGREE_SCALE);
    write(out, position.altitude());
  }

  private static Position readPosition(JsonParser in) throws IOException {
    return new Position(
        readDecimal(in, DEGREE_SCALE), readDecimal(in, DEGREE_SCALE), readDouble(in));
  }

  private static void write(JsonGenerator out, @Nullable Number value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Double real -> out.writeNumber(real.doubleValue());
      default -> out.writeNumber(value.longValue());
    }
  }

  private static void write(JsonGenerator out, @Nullable BigDecimal value, int scale)
      throws IOException {
    write(
        out,
        value == null
            ? null
            : value.setScale(scale, RoundingMode.UNNECESSARY).unscaledValue().longValueExact());
  }

  private static @Nullable BigDecimal readDecimal(JsonParser in, int scale) throws IOException {
    Long unscaled = readLong(in);
    return unscaled == null ? null : BigDecimal.valueOf(unscaled, scale);
  }

  private static @Nullable Long readLong(JsonParser in) throws IOException {
    return in.nextToken() == JsonToken.VALUE_NULL ? null : in.getLongValue();
  }

  private static @Nullable Integer readInt(JsonParser in) throws IOException {
    return in.nextToken() == JsonToken.VALUE_NULL ? null : in.getIntValue();
  }

  private static @Nullable Double readDouble(JsonParser in) throws IOException {
    return in.nextToken() == JsonToken.VALUE_NULL ? null : in.getDoubleValue();
  }

  private static @Nullable String readText(JsonParser in) throws IOException {
    return in.nextToken() == JsonToken.VALUE_NULL ? null : text(in);
  }

  private static int requiredInt(JsonParser in) throws IOException {
    in.nextToken();
    return in.getIntValue();
  }

  private static long requiredLong(JsonParser in) throws IOException {
    in.nextToken();
    return in.getLongValue();
  }

  private static boolean requiredBoolean(JsonParser in) throws IOException {
    in.nextToken();
    return in.getBooleanValue();
  }

  private static byte[] requiredBytes(JsonParser in) throws IOException {
    in.nextToken();
    return in.getBinaryValue();
  }

  private static String requiredText(JsonParser in) throws IOException {
    in.nextToken();
    return text(in);
  }

  private static String text(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException("Text expected");
    }
    return in.getText();
  }
}
