namespace Muxi.Llm;

/// <summary>Where the address of a call is from, which decides what is sent there.</summary>
internal enum UrlSource
{
    /// <summary>The service's own, as its facts have it.</summary>
    Provider,

    /// <summary>A variable.</summary>
    Environment,

    /// <summary><see cref="LlmOptions.BaseUrls"/>.</summary>
    Code,

    /// <summary>A configuration file that the user named or keeps.</summary>
    File,

    /// <summary>A configuration file that was found in the working directory; it gives one of our services another address.</summary>
    Stranger,

    /// <summary>A configuration file that was found in the working directory; it defines the service.</summary>
    DefinedByStranger,

    /// <summary>The call itself, or a host in the model's name.</summary>
    Call,
}
