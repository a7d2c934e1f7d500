package io.crossfade.router.bench;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.router.RouterApplication;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.intake.TemplateServlet;
import io.crossfade.router.intake.UploadReader;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The router with its peers in the same Tomcat. */
@Configuration(proxyBeanMethods = false)
public class BenchRouter {

  public static void main(String[] arguments) {
    SpringApplication.run(new Class<?>[] {RouterApplication.class, BenchRouter.class}, arguments);
  }

  /** The limit: Tomcat reads the same body and answers, and nothing else happens. */
  @Bean
  ServletRegistrationBean<HttpServlet> streamThrough() {
    byte[] answer =
        "{\"status\":\"accepted\",\"stream_id\":\"1757808900000-0\",\"message\":\"x\",\"processing\":\"async\"}"
            .getBytes(StandardCharsets.UTF_8);
    HttpServlet servlet =
        new HttpServlet() {
          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            byte[] buffer = new byte[8 * 1024];
            InputStream in = request.getInputStream();
            while (in.read(buffer) >= 0) {
              // streamed through
            }
            response.setContentType("application/json;charset=UTF-8");
            response.setContentLength(answer.length);
            response.getOutputStream().write(answer);
          }
        };
    return new ServletRegistrationBean<>(servlet, "/bench/stream-through");
  }

  /** No connection breaks here, and a PING before each command would be unfair to the peers. */
  @Bean
  SmartInitializingSingleton withoutPings(LettuceConnectionFactory redis) {
    return () -> redis.setValidateConnection(false);
  }

  /** What an upload costs without one. */
  @Bean
  @Primary
  @ConditionalOnProperty(name = "bench.budget", havingValue = "off")
  ByteBudget withoutBudget() {
    return ByteBudget.unlimited();
  }

  /** The obvious way: one StringRedisTemplate call per upload, all else the same. */
  @Bean
  ServletRegistrationBean<TemplateServlet> template(
      UploadReader reader,
      StringRedisTemplate redis,
      RolloutFlags flags,
      CircuitBreakerRegistry breakers,
      MeterRegistry meters) {
    return new ServletRegistrationBean<>(
        new TemplateServlet(reader, redis, flags, breakers.circuitBreaker("stream"), meters),
        "/bench/template");
  }
}
