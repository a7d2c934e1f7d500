package io.crossfade.reconciler.report;

import java.util.Locale;
import java.util.Map;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** A report as one HTML page that needs nothing else. */
public final class Page {

  private static final TemplateEngine ENGINE = engine();

  private Page() {}

  /**
   * Renders a page.
   *
   * @param template its name, without the ending
   */
  public static String of(String template, Map<String, Object> variables) {
    return ENGINE.process(template, new Context(Locale.ROOT, variables));
  }

  private static TemplateEngine engine() {
    ClassLoaderTemplateResolver templates = new ClassLoaderTemplateResolver();
    templates.setPrefix("crossfade/");
    templates.setSuffix(".html");
    templates.setTemplateMode(TemplateMode.HTML);
    templates.setCharacterEncoding("UTF-8");
    SpringTemplateEngine engine = new SpringTemplateEngine();
    engine.setTemplateResolver(templates);
    return engine;
  }
}
