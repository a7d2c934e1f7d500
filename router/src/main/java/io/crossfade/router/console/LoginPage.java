package io.crossfade.router.console;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** {@code /console/login}. */
@Controller
final class LoginPage {

  @GetMapping("/console/login")
  String login() {
    return "console/login";
  }
}
