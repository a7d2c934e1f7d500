package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in a file are named with line, key and what is allowed. */
class PairsFileTest {

  private static final String FILE =
      """
      left: {url: 'jdbc:mysql://a/shop', user: reader}
      right:
        url: jdbc:mysql://b/shop
      tables:
        - table: orders
          ignore: [seen]
          columns:
            total: {scale: 2}
            at: {left-zone: Europe/Berlin}
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scale: 2|scael: 2|pairs.yaml:8: tables[0].columns.total.scael is not known; allowed are:"
            + " right, scale",
        "scale: 2|scale: -1|pairs.yaml:8: tables[0].columns.total.scale should be a whole number of"
            + " 0 to 65",
        "scale: 2|scale: 2, json: true|pairs.yaml:8: tables[0].columns.total has several rules",
        "scale: 2|tolerance: x|pairs.yaml:8: tables[0].columns.total.tolerance is no distance",
        "Europe/Berlin|Berlin|pairs.yaml:9: tables[0].columns.at.left-zone is no time zone",
        "[seen]|seen|pairs.yaml:6: tables[0].ignore should be a list",
        "'table: orders'|'tabel: orders'|pairs.yaml:5: tables[0].tabel is not known; allowed are:"
            + " table, right",
        "jdbc:mysql://b/shop|http://b|pairs.yaml:3: right.url 'http://b' is not a place of tables",
        "user: reader|password-env: NOT_THERE|pairs.yaml:1: left.password-env there is no"
            + " environment variable NOT_THERE",
        "'right:'|'rihgt:'|pairs.yaml:3: rihgt is not known; allowed are: left, right, tables",
        "[seen]|[seen|pairs.yaml:7: is not YAML",
      })
  void namesLineKeyAndWhatIsAllowed(String right, String wrong, String said) throws Exception {
    Path file = directory.resolve("pairs.yaml");
    Files.writeString(file, FILE.replace(right, wrong));
    assertThatThrownBy(() -> new PairsFile(Map.of()).read(file))
        .isInstanceOf(YamlPart.PairsFileException.class)
        .hasMessageContaining(said);
  }
}
