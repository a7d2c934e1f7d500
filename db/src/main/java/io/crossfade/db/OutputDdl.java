package io.crossfade.db;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The tables of an output in SQL, as a router makes them. */
public final class OutputDdl {

  private static final String SCRIPTS = "classpath:crossfade/db/output/V*.sql";

  private OutputDdl() {}

  /** Statements for the tables of these kinds; the watches' have theirs together. */
  public static List<String> of(Collection<Kind> kinds) throws IOException {
    List<String> statements = new ArrayList<>();
    if (kinds.stream().anyMatch(kind -> kind.definition() instanceof WatchKind)) {
      Resource[] scripts = new PathMatchingResourcePatternResolver().getResources(SCRIPTS);
      Arrays.sort(
          scripts, Comparator.comparing(script -> Objects.requireNonNull(script.getFilename())));
      for (Resource script : scripts) {
        statements.add(script.getContentAsString(StandardCharsets.UTF_8));
      }
    }
    for (Kind kind : kinds) {
      DefinedSchema.statements(kind).forEach(statement -> statements.add(statement + ";\n"));
    }
    return statements;
  }
}
