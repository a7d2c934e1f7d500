package io.crossfade.reconciler.tables;

/** Names in statements. */
final class Sql {

  private Sql() {}

  /** A name that is taken as it is, whatever is in it. */
  static String name(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
