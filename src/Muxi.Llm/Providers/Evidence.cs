namespace Muxi.Llm;

/// <summary>What the facts about a service rest on, so that nobody takes a guess for knowledge.</summary>
public enum Evidence
{
    /// <summary>Addresses and names as other programs have them; whether the service takes all that is sent was not checked.</summary>
    Unverified,

    /// <summary>The vendor's own pages.</summary>
    VendorsPage,

    /// <summary>Recorded traffic of the service, and the vendor's own pages.</summary>
    Recorded,
}
