package org.example.meters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.crossfade.db.kind.KindProvider;
import io.crossfade.db.kind.RefusedItemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Readings of electricity meters, which send telegrams of fixed width:
 *
 * <pre>
 * M-000017 20261127081500 000124500 000123750 O 2B
 * meter    time, UTC      Wh now    Wh before | sum of the characters before it
 *                                             O, or T when it was tampered with
 * </pre>
 */
public final class MeterKinds implements KindProvider {

  private static final Pattern TELEGRAM =
      Pattern.compile(
          "([A-Z]-\\d{6}) (\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)"
              + " (\\d{9}) (\\d{9}) ([OT]) ([0-9A-F]{2})");

  private static final int SUM = 2;

  /** From Wh to kWh, exactly. */
  private static final int KILO = 3;

  @Override
  public String name() {
    return "meters";
  }

  @Override
  public String definitions() {
    try (InputStream in = MeterKinds.class.getResourceAsStream("meters.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public JsonNode read(String kind, JsonNode item) throws RefusedItemException {
    if (item.isObject() && !item.has("telegram")) {
      // Of newer meters, and of the rehearsal: the definition reads it as it is.
      return item;
    }
    // A telegram alone, or {"telegram": "…"}.
    String text = item.isObject() ? item.path("telegram").asText() : item.asText();
    Matcher telegram = TELEGRAM.matcher(text);
    if (!telegram.matches()) {
      throw new RefusedItemException("no telegram");
    }
    if (!telegram.group(11).equals(sum(text.substring(0, text.length() - SUM)))) {
      throw new RefusedItemException("wrong sum");
    }
    BigDecimal now = kilo(telegram.group(8));
    return JsonNodeFactory.instance
        .objectNode()
        .put("meter", telegram.group(1))
        .put(
            "at",
            "%s-%s-%sT%s:%s:%sZ"
                .formatted(
                    telegram.group(2),
                    telegram.group(3),
                    telegram.group(4),
                    telegram.group(5),
                    telegram.group(6),
                    telegram.group(7)))
        .put("register", now)
        // A register that went back is below the definition's min: a letter, not a row.
        .put("used", now.subtract(kilo(telegram.group(9))))
        .put("state", telegram.group(10).equals("O") ? "OK" : "TAMPERED");
  }

  /** The sum that ends a telegram. */
  static String sum(String before) {
    int sum = 0;
    for (byte one : before.getBytes(StandardCharsets.US_ASCII)) {
      sum += one;
    }
    return "%02X".formatted(sum & 0xFF);
  }

  private static BigDecimal kilo(String digits) {
    return new BigDecimal(digits).movePointLeft(KILO);
  }
}
