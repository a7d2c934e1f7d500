package io.crossfade.router.operator;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses.
 *
 * @param first its first address, 4 or 16 bytes
 * @param bits how many leading bits its addresses share
 */
public record Network(InetAddress first, int bits) {

  /** Only these are looked up as they stand; anything else would be asked of a name server. */
  private static final Pattern LITERAL =
      Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  private static final int BITS_OF_A_HOST_IN_IPV6 = 64;

  public Network {
    if (bits < 0 || bits > first.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException("%s has no %d bits".formatted(first, bits));
    }
  }

  /**
   * As people write it: {@code 10.0.0.7}, {@code 10.0.0.0/8}, {@code fd00::/8}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Network valueOf(String text) {
    String[] parts = text.strip().split("/", -1);
    InetAddress address = address(parts[0]);
    if (address == null
        || parts.length > 2
        || !(parts.length == 1 || parts[1].matches("\\d{1,3}"))) {
      throw new IllegalArgumentException(
          "'%s' is no address and no network such as 10.0.0.0/8".formatted(text));
    }
    return new Network(
        address,
        parts.length == 1 ? address.getAddress().length * Byte.SIZE : Integer.parseInt(parts[1]));
  }

  /** An address written in digits; {@code null} for anything else. */
  static @Nullable InetAddress address(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return null;
    }
    if (text.indexOf(':') < 0
        && Arrays.stream(text.split("\\.")).anyMatch(part -> Integer.parseInt(part) > 255)) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Who counts as one: an address, or the /64 of IPv6, all of which one machine may have. */
  static String ofOne(String text) {
    InetAddress address = address(text.replaceFirst("%.*", ""));
    if (!(address instanceof Inet6Address)) {
      return address == null ? text : address.getHostAddress();
    }
    byte[] network = address.getAddress();
    Arrays.fill(network, BITS_OF_A_HOST_IN_IPV6 / Byte.SIZE, network.length, (byte) 0);
    try {
      return InetAddress.getByAddress(network).getHostAddress() + "/" + BITS_OF_A_HOST_IN_IPV6;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % Byte.SIZE);
      if (((mine[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
