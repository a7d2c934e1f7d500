package io.crossfade.router.flags;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.crossfade.db.Kind;
import io.crossfade.db.process.LockedFile;
import io.crossfade.db.process.PrivateDirectory;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file per router and system, in a directory that is closed to other users: a forged one would
 * switch traffic. Routers of one system that share a directory have a file each; one that starts
 * takes over what those left that are gone. A file begins with the digest of the rest: one that is
 * damaged is put aside, and nothing of it counts.
 */
public final class FlagFile implements FlagMemory, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlagFile.class);
  private static final String KEY = "crossfade.rollout.directory";

  /** Routers of one system that can share a directory. */
  private static final int MOST = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // Written by a newer release, perhaps.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** A file that is this router's alone as long as its lock is held. */
  private record Slot(Path file, LockedFile lock) {

    void release() throws IOException {
      lock.close();
    }
  }

  private final Path configured;
  private final String name;
  private @Nullable Slot own;

  /**
   * @param directory made when it is not there
   * @param address of the control schema: flags of another one are not looked at
   */
  public FlagFile(Path directory, String address) {
    this.configured = directory;
    this.name =
        "flags-%s-%s"
            .formatted(
                address.replaceFirst(".*/", "").replaceAll("\\W", "_"),
                digest(address.getBytes(StandardCharsets.UTF_8)).substring(0, 12));
  }

  @Override
  public synchronized Optional<Kept> load() {
    List<Slot> gone = new ArrayList<>();
    try {
      Slot mine = own();
      List<Kept> found = new ArrayList<>();
      read(mine.file()).ifPresent(found::add);
      for (int i = 0; i < MOST; i++) {
        Path file = file(mine.file().resolveSibling(""), i);
        if (Files.exists(file, NOFOLLOW_LINKS) && !file.equals(mine.file())) {
          Slot slot = take(mine.file().resolveSibling(""), i);
          if (slot != null) {
            gone.add(slot);
            read(slot.file()).ifPresent(found::add);
          }
        }
      }
      Optional<Kept> all = together(found);
      if (all.isPresent() && !gone.isEmpty()) {
        takeOver(all.get(), gone);
      }
      return all;
    } catch (IOException e) {
      log.error(
          "Cannot keep the flags on disk: {}; a router that is started again without the database"
              + " would not know them",
          e.toString());
      return Optional.empty();
    } finally {
      gone.forEach(FlagFile::release);
    }
  }

  private void takeOver(Kept all, List<Slot> gone) {
    try {
      keep(all);
      for (Slot slot : gone) {
        Files.deleteIfExists(slot.file());
      }
    } catch (IOException e) {
      // It counts all the same, and the next start finds it where it is.
      log.warn("Cannot take over the flags of a router that is gone: {}", e.toString());
    }
  }

  /** The newest flags, and everything that waits, once. */
  private static Optional<Kept> together(List<Kept> found) {
    Optional<Kept> newest = found.stream().max(Comparator.comparing(Kept::asOf));
    if (newest.isEmpty()) {
      return newest;
    }
    Map<String, PendingChange> pending = new LinkedHashMap<>();
    String system = newest.get().stored().system();
    found.stream()
        .filter(kept -> List.of("", system).contains(kept.stored().system()))
        .flatMap(kept -> kept.pending().stream())
        .sorted(Comparator.comparing(PendingChange::decidedAt))
        .forEach(change -> pending.put(change.id(), change));
    return Optional.of(
        new Kept(newest.get().stored(), newest.get().asOf(), List.copyOf(pending.values())));
  }

  @Override
  public synchronized void keep(Kept kept) throws IOException {
    Path file = own().file();
    byte[] body = JSON.writeValueAsBytes(kept);
    byte[] head = (digest(body) + "\n").getBytes(StandardCharsets.UTF_8);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    try (FileChannel out =
        FileChannel.open(next, Set.of(CREATE_NEW, WRITE), PrivateDirectory.ofAFile(next))) {
      ByteBuffer bytes = ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // The name must survive a power failure too.
    try (FileChannel names = FileChannel.open(file.resolveSibling(""), READ)) {
      names.force(true);
    }
  }

  @Override
  public synchronized void close() {
    Slot slot = own;
    own = null;
    if (slot != null) {
      release(slot);
    }
  }

  private Slot own() throws IOException {
    Slot slot = own;
    if (slot == null) {
      Path directory = PrivateDirectory.open(KEY, configured);
      for (int i = 0; i < MOST && slot == null; i++) {
        slot = take(directory, i);
      }
      if (slot == null) {
        throw new IOException("%d routers have their flags in %s".formatted(MOST, directory));
      }
      own = slot;
    }
    return slot;
  }

  /** Null when another router has it. */
  private @Nullable Slot take(Path directory, int number) throws IOException {
    LockedFile lock = LockedFile.tryLock(directory.resolve("%s-%d.lock".formatted(name, number)));
    return lock == null ? null : new Slot(file(directory, number), lock);
  }

  private static Optional<Kept> read(Path file) throws IOException {
    if (!Files.exists(file, NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (SeekableByteChannel in = Files.newByteChannel(file, READ, NOFOLLOW_LINKS)) {
      byte[] all = Channels.newInputStream(in).readAllBytes();
      int end = new String(all, StandardCharsets.ISO_8859_1).indexOf('\n');
      byte[] body = Arrays.copyOfRange(all, end + 1, all.length);
      if (end < 0 || !digest(body).equals(new String(all, 0, end, StandardCharsets.ISO_8859_1))) {
        throw new IOException("it is damaged");
      }
      return Optional.of(JSON.treeToValue(ofOurKinds(JSON.readTree(body)), Kept.class));
    } catch (IOException e) {
      Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
      log.error("Cannot read the flags in {}, put aside as {}: {}", file, aside, e.getMessage());
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return Optional.empty();
    }
  }

  /** Without what it says of kinds that this process works with no longer. */
  private static JsonNode ofOurKinds(JsonNode kept) {
    JsonNode stored = kept.path("stored");
    retain(stored.path("kinds"));
    removeIf(stored.path("unresolved"), kind -> !isOurs(kind.asText()));
    removeIf(
        stored.path("aside"), row -> row.hasNonNull("kind") && !isOurs(row.get("kind").asText()));
    kept.path("pending").forEach(change -> retain(change.path("flags")));
    kept.path("pending").forEach(FlagFile::switchOptInOff);
    removeIf(kept.path("pending"), change -> change.path("flags").isEmpty());
    return kept;
  }

  /** A rollback that a release without opt-in decided: stored now, it must not switch one on. */
  private static void switchOptInOff(JsonNode change) {
    if (Origin.ROLLBACK.name().equals(change.at("/note/origin").asText())) {
      for (JsonNode flags : change.path("flags")) {
        if (flags instanceof ObjectNode object && !object.has("optIn")) {
          object.put("optIn", false);
        }
      }
    }
  }

  private static void retain(JsonNode byKind) {
    if (byKind instanceof ObjectNode object) {
      object.properties().removeIf(flags -> !isOurs(flags.getKey()));
    }
  }

  private static void removeIf(JsonNode list, Predicate<JsonNode> unwanted) {
    for (Iterator<JsonNode> each = list.elements(); each.hasNext(); ) {
      if (unwanted.test(each.next())) {
        each.remove();
      }
    }
  }

  private static boolean isOurs(String kind) {
    return Kind.ofName(kind).isPresent();
  }

  private Path file(Path directory, int number) {
    return directory.resolve("%s-%d.json".formatted(name, number));
  }

  private static void release(Slot slot) {
    try {
      slot.release();
    } catch (IOException e) {
      log.debug("Cannot release {}: {}", slot.file(), e.getMessage());
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
