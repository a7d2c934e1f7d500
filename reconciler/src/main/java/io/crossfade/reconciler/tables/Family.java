package io.crossfade.reconciler.tables;

import java.util.Locale;

/** What values of a type are, whatever their size. */
enum Family {
  INTEGER,
  DECIMAL,
  FLOATING,
  BITS,
  YEAR,
  DATE,
  /** DATETIME, and TIMESTAMP as UTC. */
  DATETIME,
  TIME,
  TEXT,
  BINARY,
  ENUM,
  SET,
  JSON,
  GEOMETRY,
  UUID,
  /** INET4 and INET6, and types that are not known here: their text. */
  OTHER;

  /**
   * @param dataType as information_schema names it
   */
  static Family of(String dataType) {
    return switch (dataType.toLowerCase(Locale.ROOT)) {
      case "tinyint", "smallint", "mediumint", "int", "integer", "bigint" -> INTEGER;
      case "decimal", "numeric" -> DECIMAL;
      case "float", "double", "real" -> FLOATING;
      case "bit" -> BITS;
      case "year" -> YEAR;
      case "date" -> DATE;
      case "datetime", "timestamp" -> DATETIME;
      case "time" -> TIME;
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> TEXT;
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector" -> BINARY;
      case "enum" -> ENUM;
      case "set" -> SET;
      case "json" -> JSON;
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geometrycollection",
          "geomcollection" ->
          GEOMETRY;
      case "uuid" -> UUID;
      default -> OTHER;
    };
  }

  boolean isNumber() {
    return this == INTEGER || this == DECIMAL || this == FLOATING || this == YEAR;
  }
}
