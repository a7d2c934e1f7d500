package io.crossfade.reconciler.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/** A random table: columns of all types, a key of some of them, and literals for its rows. */
final class RandomTable {

  private static final String NAME = "t a`b";

  /** The same table of two sides, compared without rules. */
  static PairSpec pair(Endpoint left, Endpoint right) {
    return new PairSpec(left, right, NAME, NAME, null, null, PairRules.NONE, null);
  }

  /**
   * A type as each side has it, and SQL literals of values that both can hold.
   *
   * @param keyed whether a key may have it
   */
  record Type(String left, String right, boolean keyed, Function<Random, String> literal) {

    static Type of(String type, boolean keyed, Function<Random, String> literal) {
      return new Type(type, type, keyed, literal);
    }
  }

  record Column(String name, Type type, boolean inKey) {}

  private static final String[] WORDS = {
    "''",
    "'a'",
    "'A'",
    "'b'",
    "'ab'",
    "'a b'",
    "'é'",
    "'e'",
    "'É'",
    "'z'",
    "'ß'",
    "'ss'",
    "'it''s'",
    "'a\\\\b'",
    "'_'",
    "'%'",
    "'Anna'",
    "'anna'",
    "'Zoë'",
    "'10'",
    "'9'",
    "'a-b'"
  };

  /** The first are for keys of what only one character set has. */
  private static final String[] WIDE_WORDS = {"'中'", "'😀'", "'ﬀ'", "'я'", "'Я'", "'ı'"};

  static final List<Type> TYPES =
      List.of(
          Type.of("INT", true, r -> "" + r.nextInt(-9, 120)),
          Type.of("BIGINT", true, r -> "" + (r.nextBoolean() ? r.nextLong() : r.nextInt(9))),
          Type.of(
              "BIGINT UNSIGNED",
              true,
              r -> r.nextBoolean() ? Long.toUnsignedString(r.nextLong()) : "" + r.nextInt(9)),
          new Type("INT", "BIGINT", true, r -> "" + r.nextInt(-50, 50)),
          Type.of("INT(6) UNSIGNED ZEROFILL", true, r -> "" + r.nextInt(1_500_000)),
          Type.of("TINYINT(1)", true, r -> "" + r.nextInt(-5, 5)),
          Type.of("DECIMAL(12,3)", true, r -> "%d.%03d".formatted(r.nextInt(-9, 9), r.nextInt(4))),
          new Type(
              "DECIMAL(10,2)",
              "DECIMAL(14,5)",
              true,
              r -> "%d.%02d".formatted(r.nextInt(-9, 9), r.nextInt(100))),
          Type.of("DECIMAL(65,30)", true, r -> r.nextInt(9) + "." + "1".repeat(r.nextInt(1, 30))),
          Type.of("FLOAT", false, r -> "" + (16_777_216f + r.nextInt(6)) / (1 << r.nextInt(30))),
          Type.of("FLOAT(7,3)", false, r -> "" + r.nextInt(9000) / 1000f),
          Type.of("DOUBLE", true, r -> "" + (0.1 + r.nextInt(4)) * (1 + r.nextInt(2) * 0x1p-52)),
          Type.of("DOUBLE(12,4)", false, r -> "" + r.nextInt(90_000) / 10_000.0),
          Type.of("BIT(1)", true, r -> "b'" + r.nextInt(2) + "'"),
          new Type("BIT(5)", "BIT(17)", true, r -> "" + r.nextInt(32)),
          Type.of("BIT(64)", true, r -> Long.toUnsignedString(r.nextLong())),
          Type.of("YEAR", true, r -> "" + (1970 + r.nextInt(90))),
          Type.of("DATE", true, r -> date(r)),
          Type.of("DATETIME", true, r -> moment(r, 0)),
          Type.of("DATETIME(6)", true, r -> moment(r, 6)),
          new Type("DATETIME(3)", "DATETIME(6)", true, r -> moment(r, 3)),
          Type.of(
              "TIMESTAMP(2) NULL",
              true,
              r ->
                  "'2021-03-28 0%d:59:5%d.%02d'"
                      .formatted(r.nextInt(4), r.nextInt(10), r.nextInt(100))),
          Type.of(
              "TIME(3)",
              true,
              r ->
                  "'%s%d:%02d:%02d.%03d'"
                      .formatted(
                          r.nextBoolean() ? "-" : "",
                          r.nextInt(300),
                          r.nextInt(60),
                          r.nextInt(60),
                          r.nextInt(1000))),
          new Type(
              "TIME", "TIME(3)", true, r -> "'%d:%02d:11'".formatted(r.nextInt(99), r.nextInt(60))),
          Type.of("CHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", true, r -> word(r, true)),
          Type.of(
              "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", true, r -> word(r, true)),
          Type.of(
              "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
              true,
              r -> word(r, true)),
          Type.of(
              "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
              true,
              r -> word(r, true)),
          Type.of(
              "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
              true,
              r -> word(r, false)),
          new Type(
              "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
              "VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
              true,
              r -> word(r, false)),
          new Type(
              "CHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
              "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
              true,
              r -> word(r, true)),
          Type.of(
              "VARCHAR(40) CHARACTER SET ucs2 COLLATE ucs2_general_ci", true, r -> word(r, false)),
          Type.of(
              "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
              false,
              r -> "REPEAT(" + word(r, true) + ", " + r.nextInt(400) + ")"),
          Type.of("BINARY(4)", true, RandomTable::bytes),
          Type.of("VARBINARY(9)", true, RandomTable::bytes),
          Type.of("BLOB", false, RandomTable::bytes),
          Type.of("ENUM('b','a','it''s','ü')", true, r -> "" + r.nextInt(5)),
          Type.of("ENUM('','a')", false, r -> "" + r.nextInt(3)),
          new Type(
              "ENUM('b','a','c')",
              "ENUM('a','b','c','d')",
              true,
              r -> pick(r, "'a'", "'b'", "'c'")),
          Type.of("SET('b','a','c')", true, r -> "" + r.nextInt(8)),
          new Type(
              "SET('b','a')", "SET('a','b','c')", true, r -> pick(r, "'a'", "'b'", "'a,b'", "''")),
          Type.of("JSON", false, RandomTable::json),
          Type.of(
              "POINT",
              false,
              r -> "ST_GeomFromText('POINT(%d %d)')".formatted(r.nextInt(3), r.nextInt(3))),
          Type.of(
              "GEOMETRY",
              false,
              r ->
                  r.nextBoolean()
                      ? "ST_GeomFromText('LINESTRING(0 0,%d 1)')".formatted(r.nextInt(3))
                      : "ST_GeomFromText('POLYGON((0 0,1 0,1 %d,0 0))')"
                          .formatted(1 + r.nextInt(2))));

  final List<Column> columns = new ArrayList<>();
  private final Random random;

  RandomTable(Random random) {
    this.random = random;
    int keys = 1 + random.nextInt(3);
    List<Type> keyed = TYPES.stream().filter(Type::keyed).toList();
    for (int i = 0; i < keys; i++) {
      columns.add(new Column("k" + i + "`é", keyed.get(random.nextInt(keyed.size())), true));
    }
    for (int i = random.nextInt(8); i > 0; i--) {
      columns.add(new Column("c" + i, TYPES.get(random.nextInt(TYPES.size())), false));
    }
  }

  /** Whether rows may have keys that are two on one side and one on the other. */
  boolean hasTwoOrders() {
    return columns.stream()
        .anyMatch(
            one ->
                one.inKey()
                    && one.type().left().contains("COLLATE")
                    && !one.type().left().equals(one.type().right()));
  }

  /** Whether two keys that differ may be one to a server. */
  boolean hasTextKey() {
    return columns.stream().anyMatch(one -> one.inKey() && one.type().left().contains("COLLATE"));
  }

  /** The statement that makes it. */
  String ddl(Side side, boolean primary) {
    StringBuilder ddl = new StringBuilder("CREATE TABLE `t a``b` (");
    for (Column column : columns) {
      String type = side == Side.LEFT ? column.type().left() : column.type().right();
      ddl.append(Sql.name(column.name())).append(' ');
      ddl.append(column.inKey() ? type.replace(" NULL", "") + " NOT NULL" : type).append(", ");
    }
    List<String> key =
        columns.stream().filter(Column::inKey).map(one -> Sql.name(one.name())).toList();
    return ddl.append(primary ? "PRIMARY KEY (" : "UNIQUE KEY `u``1` (")
        .append(String.join(", ", key))
        .append("))")
        .toString();
  }

  /** Literals of a row. */
  List<String> row() {
    return new ArrayList<>(columns.stream().map(this::literal).toList());
  }

  String literal(Column column) {
    return !column.inKey() && random.nextInt(6) == 0
        ? "NULL"
        : column.type().literal().apply(random);
  }

  String insert(List<String> row) {
    return "INSERT IGNORE INTO `t a``b` VALUES (" + String.join(", ", row) + ")";
  }

  private static String pick(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  private static String word(Random random, boolean wide) {
    return wide && random.nextInt(4) == 0 ? pick(random, WIDE_WORDS) : pick(random, WORDS);
  }

  private static String bytes(Random random) {
    return pick(random, "''", "X'00'", "X'0000'", "X'FF'", "X'27'", "X'5C27'", "X'61'", "X'6100'");
  }

  private static String date(Random random) {
    return pick(random, "'0000-00-00'", "'2020-00-00'", "'2020-02-29'", "'1000-01-01'")
        .replace("2020", "" + (2000 + random.nextInt(40)));
  }

  private static String moment(Random random, int digits) {
    String text =
        random.nextInt(9) == 0
            ? "0000-00-00 00:00:00"
            : String.format(
                Locale.ROOT,
                "20%02d-0%d-1%d 1%d:0%d:%02d",
                random.nextInt(40),
                1 + random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(9),
                random.nextInt(60));
    return "'" + text + (digits == 0 ? "" : "." + random.nextInt((int) Math.pow(10, digits))) + "'";
  }

  private static String json(Random random) {
    return pick(
        random,
        "'{\"a\": 1, \"bb\": [1, 2, {}]}'",
        "'{\"bb\":[1,2,{}],\"a\":1}'",
        "'{\"bb\":[1,2,{}],\"a\":1.5}'",
        "'{\"bb\":[2,1,{}],\"a\":1.50}'",
        "'[1e2, 0.1, -0.0, null, true]'",
        "'[100.0, 0.1, 0.0, null, true]'",
        "'\"\\\\u00e9\"'",
        "'\"é\"'",
        "'\"E\"'",
        "'9007199254740993'",
        "'9007199254740992'",
        "'18446744073709551615'",
        "'[]'",
        "'{}'",
        "'null'");
  }
}
