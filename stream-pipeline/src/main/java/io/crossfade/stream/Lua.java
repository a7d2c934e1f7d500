package io.crossfade.stream;

/** What several scripts need, to stand before them. */
final class Lua {

  /** {@code named(list)}: what {@code XINFO} answers, by name. */
  static final String NAMED =
      """
      local function named(list)
        local map = {}
        for i = 1, #list, 2 do map[list[i]] = list[i + 1] end
        return map
      end
      """;

  /** {@code group(key, name)}: a group of a stream, if it has it; and whether there is a stream. */
  static final String GROUP =
      NAMED
          + """
          local function group(key, name)
            local groups = redis.pcall('XINFO', 'GROUPS', key)
            if groups.err then return nil, false end
            for _, list in ipairs(groups) do
              local one = named(list)
              if one['name'] == name then return one, true end
            end
            return nil, true
          end
          """;

  private Lua() {}
}
