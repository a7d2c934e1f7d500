package io.crossfade.reconciler.tables;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/** Where a run keeps what it knows. Another table, place or question is another run. */
final class RunDirectory {

  private RunDirectory() {}

  static Path of(PairSpec spec, DiffOptions options, TablePair pair) {
    String asked =
        String.join(
            "\n",
            spec.left().place(),
            spec.right().place(),
            pair.left().sqlName(),
            pair.right().sqlName(),
            String.valueOf(spec.leftWhere()),
            String.valueOf(spec.rightWhere()),
            spec.rules().toString(),
            String.valueOf(spec.window()),
            String.join(
                ", ",
                pair.columns().stream()
                    .map(
                        one ->
                            "%s %s %s %s"
                                .formatted(
                                    one.left().name(),
                                    one.left().described(),
                                    one.right().name(),
                                    one.right().described()))
                    .toList()),
            pair.leftIndex() + " " + pair.rightIndex() + " " + pair.keyColumns(),
            String.valueOf(options.rowsOfRange()));
    byte[] digest = Sql.digest(asked.getBytes(StandardCharsets.UTF_8));
    String name = pair.left().name().replaceAll("[^A-Za-z0-9_-]", "_");
    return options.state().resolve(name + "-" + HexFormat.of().formatHex(digest, 0, 8));
  }
}
