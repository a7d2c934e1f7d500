package io.crossfade.stream;

/**
 * What Redis says of its memory, bytes; 0 for what it does not say.
 *
 * @param limit its {@code maxmemory}; 0 when it has none
 * @param machine that of the machine
 */
record RedisMemory(long limit, long machine) {

  /** Reads {@code INFO memory}. */
  static RedisMemory parse(String info) {
    return new RedisMemory(number(info, "maxmemory:"), number(info, "total_system_memory:"));
  }

  /**
   * What each of so many streams may take: together four fifths of the limit, or of half of the
   * machine's memory where there is none.
   */
  long share(int streams) {
    long all = limit > 0 ? limit : machine / 2;
    return all > 0 ? all / 5 * 4 / streams : Long.MAX_VALUE;
  }

  private static long number(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).trim())
        .filter(value -> value.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
