package io.crossfade.db.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the flags of a kind said, as a change has it on record. Each part is read by itself: a newer
 * release, or a hand, may have written what this one cannot read of the others.
 *
 * @param devices whom the stream serves; {@code null} when that cannot be read
 * @param dualWrite whether the other path gets a copy; {@code null} when that cannot be read
 * @param optIn whether a client's own choice of the stream is heeded; on in changes that are older
 *     than that flag
 */
public record RecordedFlags(@Nullable Devices devices, @Nullable Boolean dualWrite, boolean optIn) {

  /**
   * Devices that the stream serves.
   *
   * @param basisPoints share of all devices in steps of 0.01 %
   */
  public record Devices(
      int basisPoints,
      Set<String> allowDevices,
      Set<String> denyDevices,
      Set<Long> allowCustomers,
      Set<Long> denyCustomers) {}

  /** All that is known of them; empty when a part cannot be read. */
  public record Whole(Devices devices, boolean dualWrite, boolean optIn) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names in the column, for ever. */
  private static final String DEVICES = "cohort";

  private static final String DUAL_WRITE = "dualWrite";

  /** All parts; empty when one of them cannot be read. */
  public Optional<Whole> whole() {
    Devices served = devices;
    Boolean twice = dualWrite;
    return served == null || twice == null
        ? Optional.empty()
        : Optional.of(new Whole(served, twice, optIn));
  }

  /** As it is written into the column that says nothing of the opt-in. */
  String json() {
    ObjectNode flags = JSON.createObjectNode();
    flags.set(DEVICES, JSON.valueToTree(devices));
    flags.put(DUAL_WRITE, dualWrite);
    return flags.toString();
  }

  /**
   * Reads what {@link #json} writes, and what of it can be read of anything else.
   *
   * @param optIn as the column beside it says
   */
  static RecordedFlags parse(String json, boolean optIn) {
    try {
      JsonNode flags = JSON.readTree(json);
      JsonNode twice = flags.path(DUAL_WRITE);
      return new RecordedFlags(
          devices(flags), twice.isBoolean() ? twice.booleanValue() : null, optIn);
    } catch (JsonProcessingException e) {
      return new RecordedFlags(null, null, optIn);
    }
  }

  /** Flags that say more than this release understands may mean other devices. */
  private static @Nullable Devices devices(JsonNode flags) {
    Iterator<String> names = flags.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!name.equals(DEVICES) && !name.equals(DUAL_WRITE)) {
        return null;
      }
    }
    try {
      Devices served = JSON.treeToValue(flags.path(DEVICES), Devices.class);
      return served == null
              || served.allowDevices() == null
              || served.denyDevices() == null
              || served.allowCustomers() == null
              || served.denyCustomers() == null
          ? null
          : served;
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
