package io.crossfade.reconciler.accounting;

import io.crossfade.db.RecordId;
import io.crossfade.db.process.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a process leaves beside its segments: whose it was, when it was last alive, how it ended.
 */
record JournalDirectory(Path path) {

  /** Held by the process that writes the directory; who gets it knows that the process is gone. */
  static final String LOCK = "lock";

  static final String SUFFIX = ".journal";

  private static final String SYSTEM = "system";
  private static final String ALIVE = "alive";
  private static final String ENDED = "ended";

  /**
   * The last sign of life.
   *
   * @param at when
   * @param writtenUntil up to when all that was accepted was written then
   */
  record Alive(Instant at, Instant writtenUntil) {}

  String instance() {
    return path.getFileName().toString();
  }

  Path lock() {
    return path.resolve(LOCK);
  }

  /** All segments, oldest first. */
  List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  void belongsTo(RecordId system) throws IOException {
    PrivateDirectory.write(path.resolve(SYSTEM), system.toString());
  }

  /** Says that its process lives. */
  void alive(Instant writtenUntil) throws IOException {
    PrivateDirectory.write(path.resolve(ALIVE), writtenUntil.toString());
  }

  /** Says that its process ended with nothing in memory. */
  void endedWithNothingLeft() throws IOException {
    PrivateDirectory.write(path.resolve(ENDED), "with nothing left in memory");
  }

  boolean hasEndedWithNothingLeft() {
    return Files.exists(path.resolve(ENDED));
  }

  /** Empty when its process never said so. */
  Optional<Alive> lastAlive() throws IOException {
    Path file = path.resolve(ALIVE);
    try {
      Instant at = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(new Alive(at, Instant.parse(Files.readString(file).strip())));
    } catch (NoSuchFileException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether it is of another system than that, or may be. */
  boolean isForeignTo(RecordId system) throws IOException {
    @Nullable RecordId named = named();
    if (named != null) {
      return !named.equals(system);
    }
    List<RecordId> heads = new ArrayList<>();
    boolean unknown = false;
    for (Path segment : segments()) {
      if (!isReadable(segment)) {
        continue;
      }
      JournalSegment.Reading reading = JournalSegment.read(segment);
      RecordId of = reading.system();
      if (of != null) {
        heads.add(of);
      }
      unknown |= reading.headed() && of == null;
    }
    return heads.isEmpty() ? unknown : !heads.stream().allMatch(system::equals);
  }

  /** Whether anything can be read of a segment at all. */
  static boolean isReadable(Path segment) {
    try {
      JournalSegment.read(segment, entry -> {});
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private @Nullable RecordId named() throws IOException {
    try {
      return RecordId.parse(Files.readString(path.resolve(SYSTEM)).strip());
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Removes it when all its segments are gone. */
  void remove() throws IOException {
    for (String file : List.of(SYSTEM, ALIVE, ENDED, LOCK)) {
      Files.deleteIfExists(path.resolve(file));
    }
    Files.deleteIfExists(path);
  }
}
