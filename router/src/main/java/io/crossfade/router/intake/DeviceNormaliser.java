package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.crossfade.db.DeviceInfo;
import io.crossfade.db.DeviceInfo.ChargingStatus;
import io.crossfade.db.DeviceInfo.WearableStatus;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a report out of what a device says about itself. */
final class DeviceNormaliser {

  private static final Pattern IPV4 =
      Pattern.compile(
          "(?<![\\d.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\d.])");

  private final Stamper stamper;
  private final ZoneId zone;

  DeviceNormaliser(Stamper stamper, ZoneId zone) {
    this.stamper = stamper;
    this.zone = zone;
  }

  DeviceInfo normalise(Item sent, LocalDateTime acceptedAt) throws UnreadableItemException {
    Item item = sent.folded();
    String device = item.text("serialnumber", "devicesn");
    if (device == null) {
      throw new UnreadableItemException(UnreadableReason.NO_DEVICE_ID);
    }
    LocalDateTime own = Values.time(item.first("timestamp"), zone);
    LocalDateTime timestamp = own == null ? acceptedAt : own;
    return new DeviceInfo(
        stamper.accept(DeviceInfo.id(device, timestamp)),
        device,
        timestamp,
        sent.owner(),
        item.text("systemsoftwareversion", "systemversion"),
        item.text("wifiaddress"),
        item.text("bluetoothaddress"),
        firstIpv4(Values.text(item.first("ipaddress"))),
        item.text("networkaccessmode", "networkmode"),
        item.text("devicename"),
        item.text("imei"),
        percent(item.first("batterylevel")),
        Values.integer(item.first("voltage")),
        charging(Values.text(item.first("chargingstatus"))),
        "1".equals(Values.text(item.first("wearstate")))
            ? WearableStatus.WORN
            : WearableStatus.NOT_WORN,
        item.text("status"));
  }

  private static @Nullable String firstIpv4(@Nullable String lines) {
    if (lines == null) {
      return null;
    }
    Matcher address = IPV4.matcher(lines);
    return address.find() ? address.group() : null;
  }

  /** {@code 63} or {@code "63%"}. */
  private static @Nullable Integer percent(@Nullable JsonNode level) {
    String text = Values.text(level);
    return text != null && text.endsWith("%")
        ? Values.integer(TextNode.valueOf(text.substring(0, text.length() - 1)))
        : Values.integer(level);
  }

  private static ChargingStatus charging(@Nullable String status) {
    return switch (status == null ? "" : status.toUpperCase(Locale.ROOT)) {
      case "CHARGING", "ENABLE", "1" -> ChargingStatus.CHARGING;
      case "NOT_CHARGING", "NONE", "0" -> ChargingStatus.NOT_CHARGING;
      default -> ChargingStatus.UNKNOWN;
    };
  }
}
