package io.crossfade.reconciler.tables;

import io.crossfade.db.process.LockedFile;
import io.crossfade.db.process.PrivateDirectory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run knows so far, in a directory that is its own: which ranges there are, which of them
 * were read to their end, and what was found in those. A process that was killed has lost the
 * ranges that it was reading, and nothing else.
 */
final class DiffState implements AutoCloseable {

  private static final String SETTING = "--state";
  private static final String ALL = "-";

  private final Path directory;
  private final LockedFile lock;
  private final FileChannel log;
  private final List<Range> ranges = new ArrayList<>();
  private final Map<Integer, ChunkFigures> done = new TreeMap<>();
  private Instant begun = Instant.EPOCH;

  private DiffState(Path directory, LockedFile lock, FileChannel log) {
    this.directory = directory;
    this.lock = lock;
    this.log = log;
  }

  /**
   * Opens it, and reads what an earlier process knew.
   *
   * @throws IOException when it cannot be written, or another process has it
   */
  static DiffState open(Path directory) throws IOException {
    Path own = PrivateDirectory.open(SETTING, directory);
    LockedFile lock = LockedFile.tryLock(own.resolve("lock"));
    if (lock == null) {
      throw new IOException("Another process compares these tables already: " + own);
    }
    try {
      Path file = own.resolve("ranges");
      List<String> lines = List.of();
      if (Files.exists(file)) {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        // The last line may have been cut off.
        lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
      }
      FileChannel log =
          FileChannel.open(
              file,
              java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PrivateDirectory.ofAFile(file));
      DiffState state = new DiffState(own, lock, log);
      long length = 0;
      for (String line : lines) {
        length += line.length() + 1;
        state.know(line.split(" "));
      }
      log.truncate(length).position(length);
      if (lines.isEmpty()) {
        state.begin();
      }
      return state;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void begin() throws IOException {
    begun = Instant.ofEpochMilli(InstantSource.system().millis());
    append("begun " + begun.toEpochMilli());
  }

  /** Knows nothing any more. */
  synchronized void beginAnew() throws IOException {
    log.truncate(0).position(0);
    ranges.clear();
    done.clear();
    begin();
  }

  /** When the first of the processes began that have had this state. */
  Instant begun() {
    return begun;
  }

  private void know(String[] words) {
    if (words[0].equals("begun")) {
      begun = Instant.ofEpochMilli(Long.parseLong(words[1]));
    } else if (words[0].equals("range")) {
      RowKey after = ranges.isEmpty() ? null : ranges.getLast().upTo();
      ranges.add(new Range(after, key(words[1])));
    } else {
      done.put(
          Integer.valueOf(words[1]),
          new ChunkFigures(
              Long.parseLong(words[2]),
              Long.parseLong(words[3]),
              Long.parseLong(words[4]),
              Long.parseLong(words[5]),
              onlyByRule(words)));
    }
  }

  /** Behind the figures: {@code column=count} of each. */
  private static Map<Integer, Long> onlyByRule(String[] words) {
    Map<Integer, Long> counts = new TreeMap<>();
    for (int i = 6; i < words.length; i++) {
      int sign = words[i].indexOf('=');
      counts.put(
          Integer.valueOf(words[i].substring(0, sign)), Long.valueOf(words[i].substring(sign + 1)));
    }
    return counts;
  }

  /** Ranges that are known, each after the one before. */
  synchronized List<Range> ranges() {
    return List.copyOf(ranges);
  }

  /** Figures of the ranges that were read, by their number. */
  synchronized Map<Integer, ChunkFigures> done() {
    return Map.copyOf(done);
  }

  /** Keeps where the next range ends. */
  synchronized void add(Range range) throws IOException {
    RowKey upTo = range.upTo();
    append("range " + (upTo == null ? ALL : text(upTo)));
    ranges.add(range);
  }

  /** Keeps what was found in a range: its suspects are in their file. */
  synchronized void finish(int range, ChunkFigures figures) throws IOException {
    Files.move(partOf(range), suspectsOf(range), StandardCopyOption.REPLACE_EXISTING);
    StringBuilder line =
        new StringBuilder(
            "done %d %d %d %d %d"
                .formatted(
                    range, figures.left(), figures.right(), figures.same(), figures.missed()));
    figures
        .onlyByRule()
        .forEach((column, count) -> line.append(' ').append(column).append('=').append(count));
    append(line.toString());
    done.put(range, figures);
  }

  private void append(String line) throws IOException {
    log.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
  }

  /** Where the suspects of a range are written that is not read to its end yet. */
  DataOutputStream write(int range) throws IOException {
    return write(partOf(range));
  }

  /** Where something is written that a process which goes on begins anew. */
  DataOutputStream write(String name) throws IOException {
    return write(directory.resolve(name));
  }

  DataInputStream read(String name) throws IOException {
    return read(directory.resolve(name));
  }

  DataInputStream readSuspects(int range) throws IOException {
    return read(suspectsOf(range));
  }

  private static DataOutputStream write(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, PrivateDirectory.ofAFile(file));
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
  }

  private static DataInputStream read(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
  }

  private Path partOf(int range) {
    return directory.resolve("suspects-%d.part".formatted(range));
  }

  private Path suspectsOf(int range) {
    return directory.resolve("suspects-" + range);
  }

  private static String text(RowKey key) {
    StringBuilder text = new StringBuilder();
    for (byte[] part : key.parts()) {
      // A part may be empty.
      text.append(text.isEmpty() ? "=" : ".=").append(Base64.getUrlEncoder().encodeToString(part));
    }
    return text.toString();
  }

  private static @Nullable RowKey key(String text) {
    if (text.equals(ALL)) {
      return null;
    }
    String[] parts = text.split("\\.", -1);
    byte[][] key = new byte[parts.length][];
    for (int i = 0; i < parts.length; i++) {
      key[i] = Base64.getUrlDecoder().decode(parts[i].substring(1));
    }
    return new RowKey(key);
  }

  /** Forgets all: the run is over and its results are with whoever asked. */
  void forget() throws IOException {
    close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }

  @Override
  public void close() throws IOException {
    log.close();
    lock.close();
  }
}
