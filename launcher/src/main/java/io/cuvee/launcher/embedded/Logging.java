package io.cuvee.launcher.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/// The log of the process. Found by Logback as its configurator, so that no XML is read at start:
/// until a command says otherwise, warnings and errors go to standard error. Standard output
/// belongs to results and ready lines. The variable `CUVEE_LOG_LEVEL` overrules the level of our
/// own classes.
public final class Logging extends ContextAwareBase implements Configurator {
  private static final String PATTERN =
      "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{0} - %msg%n";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    attach(context, appender, Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// Sends everything from INFO up to standard error: for a role in a process of its own.
  public static void toStandardError() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    attach(context, appender, Level.INFO);
  }

  /// Leaves nothing but errors, on standard error: for commands whose output is for people or
  /// pipes.
  public static void errorsOnly() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
    context.getLogger("io.cuvee").setLevel(Level.ERROR);
  }

  /// Sends everything from INFO up to a file that is rolled at 10 MB, one old one kept: for a
  /// process whose screen belongs to the user.
  public static void toFile(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setFile(file.toString());
    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context);
    window.setParent(appender);
    window.setFileNamePattern(file + ".%i");
    window.setMinIndex(1);
    window.setMaxIndex(1);
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(FileSize.valueOf("10MB"));
    appender.setRollingPolicy(window);
    appender.setTriggeringPolicy(size);
    appender.setContext(context);
    window.start();
    size.start();
    attach(context, appender, Level.INFO);
  }

  private static void attach(
      LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, Level level) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    // It tells of each try to reach ZooKeeper with a stack trace; we tell once that it is away.
    context.getLogger("org.apache.zookeeper.ClientCnxn").setLevel(Level.ERROR);
    // It takes for errors that a segment is where it should be before its transition comes, that no
    // transition leads out of ERROR, and that its controller ends.
    context.getLogger("org.apache.helix").setLevel(Level.ERROR);
    context.getLogger("org.apache.helix.controller.rebalancer.waged").setLevel(Level.OFF);
    context
        .getLogger("org.apache.helix.controller.stages.MessageGenerationPhase")
        .setLevel(Level.OFF);
    context.getLogger("org.apache.helix.messaging.handling").setLevel(Level.OFF);
    context.getLogger("org.apache.helix.util.StatusUpdateUtil").setLevel(Level.OFF);
    // It tells of each try to reach a peer that is away.
    context.getLogger("org.apache.ratis").setLevel(Level.ERROR);
    // Of each request to Azure that it sets the length itself; of what ended after a timeout.
    context.getLogger("com.azure.core.http.jdk.httpclient").setLevel(Level.ERROR);
    context.getLogger("reactor.core.publisher.Operators").setLevel(Level.OFF);
    String wanted = System.getenv("CUVEE_LOG_LEVEL");
    context.getLogger("io.cuvee").setLevel(wanted == null ? level : Level.toLevel(wanted, level));
  }
}
