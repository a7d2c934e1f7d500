package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DeviceInfo;
import io.crossfade.db.DeviceInfo.ChargingStatus;
import io.crossfade.db.DeviceInfo.WearableStatus;
import io.crossfade.db.RecordTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a report out of what a device says about itself. */
final class DeviceNormaliser {

  private static final Pattern IPV4 =
      Pattern.compile(
          "(?<![\\d.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\d.])");

  private static final String[] REPORTED = {
    "systemsoftwareversion",
    "systemversion",
    "wifiaddress",
    "bluetoothaddress",
    "ipaddress",
    "networkaccessmode",
    "networkmode",
    "devicename",
    "imei",
    "batterylevel",
    "voltage",
    "chargingstatus",
    "wearstate",
    "status"
  };

  private final Stamper stamper;

  DeviceNormaliser(Stamper stamper) {
    this.stamper = stamper;
  }

  /** Whether an object says more of a device than which it is. */
  static boolean reports(Item sent) {
    return sent.folded().first(REPORTED) != null;
  }

  /** The device that an object names, if it does. */
  static @Nullable JsonNode device(Item sent) {
    return sent.folded().first("serialnumber", "devicesn");
  }

  DeviceInfo normalise(Item sent, Clocks clocks) throws UnreadableItemException {
    Item item = sent.folded();
    String device = item.text("serialnumber", "devicesn");
    if (device == null) {
      throw new UnreadableItemException(UnreadableReason.NO_DEVICE_ID);
    }
    RecordTime time = clocks.time(item, clocks.accepted(), "timestamp");
    return new DeviceInfo(
        stamper.accept(DeviceInfo.id(device, time)),
        device,
        time.local(),
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
        charging(Values.code(item.first("chargingstatus"))),
        "1".equals(Values.code(item.first("wearstate")))
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
        ? Values.integer(text.substring(0, text.length() - 1))
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
