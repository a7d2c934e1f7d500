package io.crossfade.router.operator;

import java.util.Iterator;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.context.request.WebRequest;

/**
 * Forms and queries are records, made by their constructors alone. Spring would go on to set what
 * is left by its name, and fail where a name is {@code to.x} or {@code version[1]}; and its
 * constructors fail at an index above 256. No form of ours has an index.
 */
@ControllerAdvice
final class FormBinding {

  @InitBinder
  void byConstructor(WebDataBinder binder, WebRequest request) throws RefusedException {
    for (Iterator<String> names = request.getParameterNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.indexOf('[') >= 0) {
        throw RefusedException.unreadable(
            new IllegalArgumentException("No field is called " + name));
      }
    }
    binder.setDeclarativeBinding(true);
  }
}
