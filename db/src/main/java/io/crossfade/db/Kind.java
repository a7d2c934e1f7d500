package io.crossfade.db;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an upload is about; each kind has its own stream, queue, tables and rollout stage. A name
 * and a number: what stands behind them is its {@link KindDefinition}, which {@link Kinds} knows.
 */
public final class Kind implements Comparable<Kind> {

  public static final Kind HEALTH = new Kind("HEALTH", 0);
  public static final Kind DEVICE = new Kind("DEVICE", 1);
  public static final Kind EVENT = new Kind("EVENT", 2);

  /** Most characters of a name: tables of the control schema have columns for so many. */
  public static final int NAME_LENGTH = 16;

  /** The last number that journals have room for. */
  public static final int LAST_CODE = 255;

  private final String name;
  private final int code;

  private Kind(String name, int code) {
    this.name = name;
    this.code = code;
  }

  /**
   * A kind beside those that are built in.
   *
   * @param name in capital letters, digits and underscores
   * @param code see {@link #code()}
   */
  static Kind of(String name, int code) {
    if (!name.matches("[A-Z][A-Z0-9_]{0," + (NAME_LENGTH - 1) + "}")) {
      throw new IllegalArgumentException(name + " cannot be the name of a kind");
    }
    if (code <= EVENT.code || code > LAST_CODE) {
      throw new IllegalArgumentException(code + " cannot be the code of a kind");
    }
    return new Kind(name, code);
  }

  /** All kinds of this process, by their codes. */
  public static Kind[] values() {
    return all().toArray(Kind[]::new);
  }

  /** All kinds of this process, by their codes. */
  public static Set<Kind> all() {
    return Kinds.kinds();
  }

  /** The labels of {@link #all}, for people: {@code health, device, event}. */
  public static String labels() {
    return all().stream().map(Kind::label).collect(Collectors.joining(", "));
  }

  /**
   * The kind with a name or a label.
   *
   * @throws IllegalArgumentException when this process has none
   */
  public static Kind valueOf(String name) {
    return ofName(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no kind of the name %s; there are %s".formatted(name, labels())));
  }

  /** The kind with a name or a label; empty when this process has none. */
  public static Optional<Kind> ofName(String name) {
    return all().stream().filter(kind -> kind.name.equalsIgnoreCase(name)).findFirst();
  }

  /** The kind with a number; empty when this process has none. */
  public static Optional<Kind> ofCode(int code) {
    return Kinds.ofCode(code).map(KindDefinition::kind);
  }

  /** Its number in entries, journals and keys of letters: permanent, and never used again. */
  public int code() {
    return code;
  }

  /** Name in the control schema and of its switches, for example {@code HEALTH}. */
  public String name() {
    return name;
  }

  /** Name in metrics, settings and answers, for example {@code health}. */
  @JsonValue
  public String label() {
    return name.toLowerCase(Locale.ROOT);
  }

  /** What makes it. */
  public KindDefinition definition() {
    return Kinds.of(this);
  }

  @Override
  public int compareTo(Kind other) {
    return Integer.compare(code, other.code);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Kind kind && kind.code == code && kind.name.equals(name);
  }

  @Override
  public int hashCode() {
    return code;
  }

  @Override
  public String toString() {
    return name;
  }
}
