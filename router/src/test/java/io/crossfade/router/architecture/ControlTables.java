package io.crossfade.router.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Who may have which table of the control schema in SQL text: {@code io.crossfade.db.control}, and
 * of a table that is one package's own, that package. Asked of the constants of compiled classes,
 * in which the compiler has put together what a source has in parts.
 */
final class ControlTables {

  private static final String EVERYBODYS = "io.crossfade.db.control";

  /** Tables that nobody else reads or writes. A new table is everybody's until it stands here. */
  private static final Map<String, String> OWN =
      Map.ofEntries(
          Map.entry("rollout_hold", "io.crossfade.router.rollout"),
          Map.entry("rollback_receipt", "io.crossfade.router.rollout"),
          Map.entry("work_lock", "io.crossfade.reconciler"),
          Map.entry("comparison", "io.crossfade.reconciler"),
          Map.entry("comparison_kind", "io.crossfade.reconciler"),
          Map.entry("difference", "io.crossfade.reconciler"),
          Map.entry("plant", "io.crossfade.reconciler"),
          Map.entry("explanation_rule", "io.crossfade.reconciler.explain"),
          Map.entry("reconciler_pause", "io.crossfade.reconciler"),
          Map.entry("accounting", "io.crossfade.reconciler.accounting"),
          Map.entry("accounted_segment", "io.crossfade.reconciler.accounting"),
          Map.entry("repair", "io.crossfade.reconciler.repair"),
          Map.entry("repair_row", "io.crossfade.reconciler"),
          Map.entry("report", "io.crossfade.reconciler.nightly"));

  /** What a metric's tag is called, too. */
  private static final Set<String> NO_TABLE =
      Set.of("io.crossfade.reconciler.accounting.Accounting dead_letter");

  private static final Pattern CREATE = Pattern.compile("CREATE TABLE (\\w+)");
  private static final int MAGIC = 0xCAFEBABE;

  private ControlTables() {}

  /** The condition that a class has no table in SQL text that is not its own. */
  static ArchCondition<JavaClass> leaveTheTablesOfOthers() {
    List<String> tables = tables();
    return new ArchCondition<>("have only tables of their own in SQL text") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        List<String> constants = constants(type);
        for (String table : tables) {
          boolean named = constants.stream().anyMatch(text -> names(text, table));
          if (named
              && !NO_TABLE.contains(type.getName() + " " + table)
              && !isOf(type, OWN.getOrDefault(table, EVERYBODYS))) {
            events.add(
                SimpleConditionEvent.violated(
                    type, "%s has the table %s in SQL text".formatted(type.getName(), table)));
          }
        }
      }
    };
  }

  /** Tables of all migrations. */
  static List<String> tables() {
    List<String> tables = new ArrayList<>();
    try {
      for (Resource script :
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:crossfade/db/control/*.sql")) {
        Matcher create = CREATE.matcher(script.getContentAsString(StandardCharsets.UTF_8));
        while (create.find()) {
          tables.add(create.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tables;
  }

  /** Names that are words of people, too, count only where SQL has a table. */
  private static boolean names(String text, String table) {
    return table.contains("_")
        ? Pattern.compile("\\b" + table + "\\b").matcher(text).find()
        : Pattern.compile("\\b(FROM|JOIN|INTO|UPDATE|TABLE) " + table + "\\b").matcher(text).find();
  }

  private static boolean isOf(JavaClass type, String owner) {
    return type.getPackageName().equals(owner) || type.getPackageName().startsWith(owner + ".");
  }

  /** All text in a class's constants, its names among it. */
  private static List<String> constants(JavaClass type) {
    try (InputStream file = type.getSource().orElseThrow().getUri().toURL().openStream();
        DataInputStream in = new DataInputStream(file)) {
      if (in.readInt() != MAGIC) {
        throw new IOException(type.getName() + " is no class file");
      }
      in.skipNBytes(4);
      int count = in.readUnsignedShort();
      Map<Integer, String> texts = new HashMap<>();
      for (int i = 1; i < count; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> texts.put(i, in.readUTF());
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            // They take two places.
            i++;
          }
          case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          default -> throw new IOException("%s has a constant %d".formatted(type.getName(), tag));
        }
      }
      return List.copyOf(texts.values());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
