package io.crossfade.router.intake;

import java.util.List;

/** Reads items of watches, which all wrap them alike. */
interface WatchReader extends ItemReader {

  /** Under which an object has others. */
  String WRAPPER = "data";

  List<String> WRAPPERS = List.of(WRAPPER);

  @Override
  default List<String> wrappedIn() {
    return WRAPPERS;
  }

  @Override
  default Surroundings surroundings() {
    return new WatchSurroundings(wrappedIn());
  }
}
